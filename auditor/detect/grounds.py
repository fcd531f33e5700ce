"""Put together why a finding stands, point by point."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from auditor.conditions.base import Hit, brief, span_of
from auditor.conditions.hearing import heard
from auditor.conditions.nearest import attempt_at, lexicons_of
from auditor.conditions.scene import Scene
from auditor.detect.english import in_english, parts_in_english
from auditor.detect.explain import HOW, Excused, quoted_note
from auditor.domain.findings import Grounds, How, Told
from auditor.errors import counted
from auditor.policy.model import Rule

_LIKELY_ATTEMPT = 0.05
_QUOTED = 80
_SOURCE = 40
"""Characters of a pattern that are told: what it hit says more."""

_DESCRIBED = re.compile("“([^”]*〔[^”]*)”")
"""A condition that says itself in Chinese, quoted in an English sentence."""

_MOST_WORDINGS = 10_000
_MOST = 12
"""Points of a kind that are told; a person reads them."""


def violation_grounds(
    rule: Rule, scene: Scene, hits: tuple[Hit, ...], excused: tuple[Excused, ...]
) -> Grounds:
    """Say which conditions hit on which words, and what was looked at that does not excuse them.

    Args:
        rule: The rule that failed.
        scene: The call.
        hits: The words of one finding; none where the rule rests on what is known of the call.
        excused: Similar words that do not count.
    """
    return Grounds(
        conditions=_first((*_premise(rule, scene), *_conditions(rule, scene, hits))),
        heard=_first(_heard(scene, hits)),
        exemptions=_first(_exemptions(rule, scene, hits)),
        excused=_first(_excused(scene, excused)),
    )


def omission_grounds(rule: Rule, scene: Scene, nearest: tuple[Hit, ...]) -> Grounds:
    """Say what the nearest attempt was, what it lacks, and whether the sound there was usable."""
    attempt = attempt_at(rule.find, scene)
    hits = nearest or (attempt.hits if attempt is not None else ())
    lacking: list[Told] = []
    if attempt is not None and attempt.found:
        lacking.append(
            Told(f"已说到：{'、'.join(attempt.found)}", f"said: {parts_in_english(attempt.found)}")
        )
    if attempt is not None and attempt.missing:
        lacking.append(
            Told(
                f"缺少：{'、'.join(attempt.missing)}",
                f"missing: {parts_in_english(attempt.missing)}",
            )
        )
    if not lacking:
        lacking.append(
            Told("没有听到符合要求的表述", "nothing that meets the requirement was heard")
        )
    near = [_nearest(scene, hit) for hit in hits[:1]]
    return Grounds(
        conditions=_first(_premise(rule, scene)),
        heard=_first(_heard(scene, hits[:1])),
        missing=(*near, *lacking, _audio(scene, hits)),
    )


def with_likeliest(grounds: Grounds, scene: Scene, turn: int, chance: float) -> Grounds:
    """Add the turn that the classifier finds likeliest to have made the disclosure.

    Args:
        grounds: Of an omission.
        scene: The call.
        turn: Index of the turn; below 0 for none.
        chance: How likely it made it, 0..1; too little is no attempt.
    """
    if turn < 0 or chance < _LIKELY_ATTEMPT:
        return grounds
    view = scene.views[turn]
    seconds, text = view.turn.time.start, view.turn.text[:_QUOTED]
    told = Told(
        f"模型认为最接近的一段：{seconds:.0f}秒“{text}”（{chance:.0%}）",
        f"nearest turn by the classifier at {seconds:.0f} s: “{text}” ({chance:.0%})",
    )
    return replace(grounds, missing=(told, *grounds.missing))


def _first(points: Iterable[Told]) -> tuple[Told, ...]:
    return tuple(dict.fromkeys(points))[:_MOST]


def _words(scene: Scene, hit: Hit) -> str:
    return span_of(scene, hit).of(scene.views[hit.turn].turn.text)


def _premise(rule: Rule, scene: Scene) -> Iterator[Told]:
    if rule.applies is not None:
        said = brief(rule.applies)
        known = rule.applies.find(scene).truth.value
        state = {"hit": ("成立", "holds"), "undetermined": ("无法判断", "cannot be known")}.get(
            known
        )
        if state is not None:
            yield Told(f"前提（{state[0]}）：{said}", f"premise ({state[1]}): {in_english(said)}")


def _conditions(rule: Rule, scene: Scene, hits: tuple[Hit, ...]) -> Iterator[Told]:
    for hit in hits:
        words = _words(scene, hit)
        if hit.note:
            yield Told(f"“{words}”：{hit.note}", f"“{words}”: {quoted_note(hit.note_en)}")
            continue
        zh, en = HOW[hit.how]
        source = hit.source if len(hit.source) <= _SOURCE else f"{hit.source[:_SOURCE]}…"
        if hit.how in (How.LEXICON, How.PINYIN):
            source = "、".join(dict.fromkeys(lexicons_of(rule.find, scene, hit))) or source
        chance = "" if hit.chance >= 1 else f" {hit.chance:.0%}"
        yield Told(
            f"“{words}”符合{zh}{source and f'〔{source}〕'}{chance}",
            f"“{words}” meets {en}{source and f' “{source}”'}{chance}",
        )


def _heard(scene: Scene, hits: tuple[Hit, ...]) -> Iterator[Told]:
    for hit in hits:
        for repair in scene.views[hit.turn].repairs:
            if repair.start < hit.end and hit.start < repair.end:
                yield _meant(repair.heard, repair.meant)
        by_sound = hit.how is How.PINYIN and hit.source and not hit.note
        if by_sound and not scene.views[hit.turn].repaired(hit.start, hit.end):
            yield _meant(_words(scene, hit), hit.source)


def _meant(heard: str, meant: str) -> Told:
    return Told(
        f"听作“{heard}”，按读音应为“{meant}”",
        f"heard “{heard}”, by its sound “{meant}” was meant",
    )


def _exemptions(rule: Rule, scene: Scene, hits: tuple[Hit, ...]) -> Iterator[Told]:
    for exemption in rule.unless:
        for hit in hits[:3]:
            zh, en = exemption.why_not(scene, hit)
            yield Told(zh, _in_english(scene, en))


def _in_english(scene: Scene, sentence: str) -> str:
    """Say the conditions that a sentence quotes in English; the same ones come in many calls."""
    said = scene.wordings.get(sentence)
    if said is None:
        said = _DESCRIBED.sub(lambda quoted: in_english(quoted[1]), sentence)
        if len(scene.wordings) < _MOST_WORDINGS and _DESCRIBED.search(sentence):
            scene.wordings[sentence] = said
    return said


def _excused(scene: Scene, excused: tuple[Excused, ...]) -> Iterator[Told]:
    for one in excused:
        words, reason = _words(scene, one.hit), one.reason[:80]
        zh = f"第{one.hit.turn + 1}段“{words}”未计：{reason}"
        yield Told(
            zh, f"turn {one.hit.turn + 1}, “{words}” not counted: {parts_in_english([reason])}"
        )


def _nearest(scene: Scene, hit: Hit) -> Told:
    seconds = scene.views[hit.turn].turn.time.start
    words = _words(scene, hit)
    return Told(
        f"最接近的说法：{seconds:.0f}秒“{words}”", f"nearest attempt at {seconds:.0f} s: “{words}”"
    )


def _audio(scene: Scene, hits: tuple[Hit, ...]) -> Told:
    """Whether it can be told that nothing more was said: at the nearest attempt, or anywhere."""
    health = scene.transcript.health
    if health is not None and not health.usable:
        return Told("录音质量不足以判断", "the recording is too bad to judge")
    if hits:
        if heard(scene.views[hits[0].turn]):
            return Told("该处录音可用", "the audio there is usable")
        return Told("该处听不清或说话人不确定", "the audio or the speaker there is not sure")
    bad = [str(view.turn.index + 1) for view in scene.views if not heard(view)]
    if not bad:
        return Told("全程录音可用", "the audio is usable throughout")
    shown = bad[:8]
    return Told(
        f"{len(bad)}段听不清或说话人不确定（第{'、'.join(shown)}段）",
        f"{counted(len(bad), 'turn is', 'turns are')} not usable or of unsure speakers "
        f"({', '.join(shown)})",
    )
