"""Who is sent a shared part, and when: the rule itself, with answers as pages give them."""

import asyncio
import uuid

from kontor.kernel.live_parts import LONGEST, Parts, named_parts
from kontor.kernel.live_streams import QUEUE, Happening, Stream

PAGE, ALDER = "/board/", uuid.UUID(int=1)


class Desk:
    """Answers as a page that draws a number; `keys` says who sees the same, "" who is refused."""

    def __init__(self, **keys: str) -> None:
        self.keys = keys
        self.asked: list[str] = []

    def ask(self, scope, address):
        who = scope["who"]
        self.asked.append(who)
        if not (key := self.keys[who]):
            return 403, {}, b"no"
        return 200, {"kontor-shared": key, "kontor-heard": "came left"}, f"{address}{len(self.asked)}".encode()


def opened(desk: Desk, *, ended: frozenset[str] = frozenset()) -> Parts:
    async def in_pages(function, *arguments: object):
        await asyncio.sleep(0)
        return function(*arguments) if function == desk.ask else set(*arguments) - ended  # the open ones of sessions

    return Parts(desk.ask, in_pages)


def stream(who: str, tenant: uuid.UUID = ALDER) -> Stream:
    return Stream(tenant, position=0, session=who, scope={"who": who})


def sent(it: Stream) -> list[bytes]:
    found = []
    while not it.waiting.empty():
        found.append(it.next(it.waiting.get_nowait()))
    return found


def part(number: int) -> bytes:
    return b'event: k-part\ndata: {"part": "/board/", "html": "/board/%d"}\n\n' % number


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_one_drawing_is_for_all_who_see_the_same_and_two_for_two():
    desk = Desk(anna="k1", bert="k1", cora="k2")

    async def run():
        parts, streams = opened(desk), [stream(who) for who in ("anna", "bert", "cora")]
        for each in streams:
            await parts.join(each, [PAGE])
        parts.hear(ALDER, {"came"})
        parts.hear(uuid.UUID(int=2), {"came"})
        parts.hear(ALDER, {"something else"})
        await settled()
        return streams

    streams = asyncio.run(run())
    assert len(desk.asked) == 3 + 2  # each once as it came, then once for the two and once for the third
    assert desk.asked[3:] == ["anna", "cora"]
    assert [sent(each) for each in streams[:2]] == [[part(4)]] * 2  # only the newest, the first was not read yet
    assert sent(streams[2]) == [part(5)]


def test_who_is_refused_meanwhile_is_sent_away_and_the_next_one_is_asked():
    desk = Desk(anna="k1", bert="k1")

    async def run():
        parts, anna, bert = opened(desk), stream("anna"), stream("bert")
        await parts.join(anna, [PAGE])
        await parts.join(bert, [PAGE])
        sent(anna), sent(bert)
        desk.keys["anna"] = ""
        parts.hear(ALDER, {"left"})
        await settled()
        desk.keys["bert"] = "k7"  # sees something else now
        parts.hear(ALDER, {"left"})
        await settled()
        parts.leave(anna)
        parts.leave(bert)
        parts.hear(ALDER, {"left"})
        await settled()
        return anna, bert

    anna, bert = asyncio.run(run())
    assert (sent(anna), anna.ended) == ([b""], True)
    assert (sent(bert), bert.ended) == ([part(4), b""], True)
    assert desk.asked == ["anna", "bert", "anna", "bert", "bert"]


def test_what_happens_while_a_part_is_asked_for_the_first_time_is_not_lost():
    desk = Desk(anna="k1")

    async def run():
        parts, anna = opened(desk), stream("anna")
        joining = asyncio.create_task(parts.join(anna, [PAGE]))
        await asyncio.sleep(0)
        parts.hear(ALDER, {"came"})
        await joining
        await settled()
        return anna

    assert (sent(asyncio.run(run())), desk.asked) == ([part(2)], ["anna", "anna"])


def test_whose_session_ended_is_sent_nothing():
    desk = Desk(anna="k1", bert="k1")

    async def run():
        parts, anna, bert = opened(desk, ended=frozenset({"bert"})), stream("anna"), stream("bert")
        for each in (anna, bert):
            await parts.join(each, [PAGE])
            sent(each)
        parts.hear(ALDER, {"came"})
        await settled()
        return anna, bert

    anna, bert = asyncio.run(run())
    assert (sent(anna), sent(bert), bert.ended) == ([part(3)], [b""], True)


def test_every_half_minute_each_must_still_see_the_same():
    desk = Desk(anna="k1")

    async def run():
        parts, anna = opened(desk), stream("anna")
        await parts.join(anna, [PAGE])
        still = await parts.still_shared(anna)
        desk.keys["anna"] = "k2"
        other = await parts.still_shared(anna)
        desk.keys["anna"] = ""
        return still, other, await parts.still_shared(anna), sent(anna)

    assert asyncio.run(run()) == (True, False, False, [part(2)])


def test_a_page_names_few_and_short_addresses_of_ours():
    assert named_parts(b"part=%2Fa%2F&part=/b/&part=/a/&part=https://elsewhere/&other=/c/") == ["/a/", "/b/"]
    assert named_parts(b"&".join(b"part=/%d/" % number for number in range(9))) == ["/0/", "/1/", "/2/", "/3/"]
    assert named_parts(b"part=/" + b"x" * LONGEST) == []


def test_a_slow_reader_of_drawings_is_sent_away():
    slow = stream("anna")
    slow.offer(Happening(number, "came") for number in range(1, QUEUE + 1))
    slow.renew(PAGE, "late")
    assert (slow.ended, slow.waiting.qsize()) == (True, QUEUE)
