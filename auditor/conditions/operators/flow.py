"""``flow``: after something is said one of several things must come, with branches.

Every hit of ``when`` starts a run. The first branch of the list that holds in its window decides;
where none does, ``otherwise`` says how the run ends. A run that nobody answered because the call
was over counts neither way; one whose window holds turns that were not heard is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from auditor.conditions.base import Answer, Condition, Hit
from auditor.conditions.hearing import heard
from auditor.conditions.node import Node
from auditor.conditions.operators.logic import CALL, Reach, read_reach
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.seeking import Groups, Signals
from auditor.conditions.truth import Truth
from auditor.domain.findings import How

KEYS = ("flow",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False

_ENDS = ("kept", "broken")
_MOST_TURNS = 10_000


class End(Enum):
    """How a run ends."""

    KEPT = "kept"
    BROKEN = "broken"
    OPEN = "open"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Branch:
    """Something that may come next: it ends the run, or leads on to further branches."""

    name: str
    says: Condition
    reach: Reach
    end: End | None
    then: Stage | None


@dataclass(frozen=True, slots=True)
class Stage:
    """What may come after a place, first in the list first, and what it means when nothing does."""

    branches: tuple[Branch, ...]
    otherwise: End


@dataclass(frozen=True, slots=True)
class Flow:
    """Runs that end as looked for."""

    when: Condition
    stage: Stage
    wanted: End

    def find(self, scene: Scene) -> Answer:
        """The words that decide each run: a branch's, or the reply that lacks what was due."""
        started = scene.answer(self.when)
        sure: list[Hit] = []
        open_: list[Hit] = []
        for start in started.hits:
            end, hit = _follow(scene, start, self.stage)
            if end is End.OPEN or (end is self.wanted and started.truth is not Truth.HIT):
                open_.append(start)
            elif end is self.wanted:
                sure.append(hit)
        if started.truth is Truth.UNDETERMINED and not started.hits:
            return Answer(Truth.UNDETERMINED)
        return Answer.of_sure_and_open(sure, open_)

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """What starts it."""
        return ((self.when,),)

    def describe(self) -> str:
        """Say in Chinese."""
        branches = "；".join(_told(branch) for branch in self.stage.branches)
        wanted = "没有做到" if self.wanted is End.BROKEN else "做到了"
        return f"流程〔{self.when.describe()}，随后{branches}〕{wanted}"


def _told(branch: Branch) -> str:
    turns = "" if branch.reach.turns is None else f"{branch.reach.turns}段内"
    further = "" if branch.then is None else f"，再{'；'.join(map(_told, branch.then.branches))}"
    return f"{turns}{branch.name}{further}"


def _follow(scene: Scene, at: Hit, stage: Stage) -> tuple[End, Hit]:
    for branch in stage.branches:
        truth, hit = _taken(scene, at, branch)
        if truth is Truth.UNDETERMINED:
            return End.OPEN, at
        if truth is Truth.HIT and branch.then is not None:
            return _follow(scene, hit or at, branch.then)
        if truth is Truth.HIT and branch.end is not None:
            return branch.end, hit or at
    return _unanswered(scene, at, stage)


def _taken(scene: Scene, at: Hit, branch: Branch) -> tuple[Truth, Hit | None]:
    """Whether a branch holds after a place, and its first words."""
    if branch.reach.unknown(scene):
        return Truth.UNDETERMINED, None
    answer = branch.says.find(scene.part(_window(at, branch.reach)))
    if not answer.hits:
        return answer.truth, None
    later = [
        hit
        for hit in answer.hits
        if (hit.turn, hit.start) >= (at.turn, at.end) and _close(scene, at, hit, branch.reach)
    ]
    return (answer.truth, later[0]) if later else (Truth.MISS, None)


def _close(scene: Scene, at: Hit, hit: Hit, reach: Reach) -> bool:
    return reach == CALL or reach.together(scene, at, hit)


def _window(at: Hit, reach: Reach) -> range:
    return range(at.turn, at.turn + 1 + (_MOST_TURNS if reach.turns is None else reach.turns))


def _unanswered(scene: Scene, at: Hit, stage: Stage) -> tuple[End, Hit]:
    """No branch holds: the reply lacks what was due, was not heard, or never came."""
    widest = max((_window(at, branch.reach) for branch in stage.branches), key=len)
    after = [view for view in scene.part(widest).in_view() if view.turn.index > at.turn]
    if not all(map(heard, after)):
        return End.OPEN, at
    own = scene.views[at.turn].turn.speaker
    reply = next((v for v in after if v.turn.speaker is not own and v.text), None)
    if reply is None:
        return End.CUT, at
    names = "、".join(branch.name for branch in stage.branches)
    note = f"应有的下一步〔{names}〕没有出现"
    note_en = f"none of what was due next came: {names}"
    hit = Hit(reply.turn.index, 0, len(reply.text), How.PATTERN, names, 1.0, note, note_en)
    return stage.otherwise, hit


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``flow: {when: …, then: [{name, says, within, end}], otherwise: broken}``."""
    inside = node.child(key)
    inside.only(("when", "then", "otherwise", "find"))
    return Flow(
        reading.condition(inside.child("when")),
        _stage(inside, reading),
        End(inside.child("find").choice(_ENDS, "broken")),
    )


def _stage(node: Node, reading: Reading) -> Stage:
    branches = tuple(_branches(node.child("then"), reading))
    if not branches:
        node.problem("empty_list", "say under 'then' what may come next")
    return Stage(branches, End(node.child("otherwise").choice(_ENDS, "broken")))


def _branches(node: Node, reading: Reading) -> Iterator[Branch]:
    for item in node.items():
        item.only(("name", "says", "within", "end", "then", "otherwise"))
        if item.has("end") == item.has("then"):
            item.problem("no_end", "a branch has an 'end' (kept or broken) or leads on with 'then'")
        if item.has("otherwise") and not item.has("then"):
            item.child("otherwise").problem("unknown_key", "'otherwise' goes with 'then'")
        if not item.has("within"):
            item.problem("no_within", "say how soon: within: {turns: n}, {seconds: n} or call")
        yield Branch(
            item.child("name").text(),
            reading.condition(item.child("says")),
            read_reach(item.child("within"), Reach()),
            End(item.child("end").choice(_ENDS)) if item.has("end") else None,
            _stage(item, reading) if item.has("then") else None,
        )
