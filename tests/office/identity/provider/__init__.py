"""Two directories on loopback: the certified `oidc-provider`, and one that says whatever a test makes it say."""
