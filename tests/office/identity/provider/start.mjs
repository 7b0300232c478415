// A certified OpenID provider on loopback. It signs in whomever the test names last, and needs no hands.
//
//   POST /test/next  {"sub", "claims", "amr", "acr"}   who signs in next
//   POST /reg                                           OpenID Connect Dynamic Client Registration

import http from 'node:http'
import { generateKeyPairSync } from 'node:crypto'
import Provider from 'oidc-provider'

console.warn = console.info = () => {}
const quiet = process.emitWarning
process.emitWarning = (text, ...rest) => (String(text).includes('oidc-provider') ? undefined : quiet(text, ...rest))

const people = new Map()
let next = { sub: 'nobody', claims: {} }

const key = (kid) => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' })
const server = http.createServer()
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const issuer = `http://127.0.0.1:${server.address().port}`

const provider = new Provider(issuer, {
  jwks: { keys: [key('first')] },
  cookies: { keys: ['only-for-tests'] },
  conformIdTokenClaims: false,
  claims: { openid: ['sub', 'sid', 'auth_time', 'amr', 'acr'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  acrValues: ['urn:one', 'urn:two'],
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => { ctx.body = form } },
  },
  fetch: (url, { dispatcher: _judge, ...options }) => fetch(url, options), // it calls no loopback address by itself
  interactions: { url: (_ctx, interaction) => `/test/interaction/${interaction.uid}` },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...(people.get(sub) ?? {}) }) }),
  ttl: { Session: 3600, Grant: 3600, Interaction: 600, AccessToken: 600, IdToken: 600 },
})

const answered = provider.callback()

const bodyOf = async (request) => {
  let text = ''
  for await (const part of request) text += part
  return JSON.parse(text)
}

const interact = async (request, response) => {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    people.set(next.sub, next.claims)
    const login = { accountId: next.sub, remember: false, ...(next.amr && { amr: next.amr }), ...(next.acr && { acr: next.acr }) }
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false })
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true })
}

server.on('request', async (request, response) => {
  try {
    if (request.url === '/test/next') {
      next = await bodyOf(request)
      response.end('{}')
    } else if (request.url.startsWith('/test/interaction/')) {
      await interact(request, response)
    } else {
      answered(request, response)
    }
  } catch (error) {
    response.writeHead(500).end(String(error.stack))
  }
})

process.stdin.on('end', () => process.exit(0)).resume()
process.stdout.write(`${issuer}\n`)
