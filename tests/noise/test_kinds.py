"""Each kind of damage does what it says and nothing else."""

from __future__ import annotations

import pytest

from auditor.domain.calls import Speaker
from auditor.noise.damage import Damager
from auditor.noise.edits import Edit, apply, choose
from auditor.noise.measure import counted
from auditor.noise.recipe import Kind, Recipe
from auditor.noise.sounds import Readings, telephone_class
from auditor.noise.structure import Part, Piece, restructure
from auditor.noise.surface import INVENTIONS, is_traditional, spoil_marks
from auditor.text.normalise import Normaliser

from .conftest import CALL, A, C, constant

SEEDS = range(12)


def heard(damager: Damager, kind: Kind, share: float = 0.3) -> list[tuple[str, str]]:
    """Texts before and after one kind of damage, over some seeds."""
    return [
        (said[1], got[1])
        for seed in SEEDS
        for said, got in zip(
            CALL, damager.lines(CALL, Recipe(share, seed, frozenset({kind})), "C1"), strict=True
        )
    ]


@pytest.mark.parametrize("kind", [Kind.SAME, Kind.NEAR])
def test_sounds_change_characters_and_keep_the_sound(damager: Damager, kind: Kind) -> None:
    """As many characters, marks in place, each character of its class of sounds."""
    readings = Readings()
    changed = 0
    for said, got in heard(damager, kind):
        assert len(said) == len(got)
        for before, after in zip(said, got, strict=True):
            if before == after:
                continue
            changed += 1
            one, other = readings.of(before), readings.of(after)
            assert one is not None
            assert other is not None
            # Words read a few characters otherwise than their usual reading.
            alike = telephone_class(one[0][:-1]) == telephone_class(other[0][:-1])
            assert alike or before in "的了行着得地还都" or after in "的了行着得地还都"
    assert changed > 100


def test_dropped_characters_are_lost_in_order(damager: Damager) -> None:
    """What is left stands in its order; no turn is emptied."""
    lost = 0
    for said, got in heard(damager, Kind.DROP, 0.2):
        rest = iter(said)
        assert all(char in rest for char in got)
        assert counted(got)
        lost += len(said) - len(got)
    assert lost > 100


def test_doubled_characters_stand_beside_themselves(damager: Damager) -> None:
    """A character or a word of two is said again at once."""
    more = 0
    for said, got in heard(damager, Kind.DOUBLE, 0.2):
        rest = iter(got)
        assert all(char in rest for char in said)
        assert set(got) == set(said)
        more += len(got) - len(said)
    assert more > 100


def test_digits_change_numbers_only(damager: Damager) -> None:
    """Spoken numbers come in digits and digits spoken; words without numbers stay."""
    pairs = heard(damager, Kind.DIGITS)
    changed = {(said, got) for said, got in pairs if said != got}
    texts = " ".join(got for _, got in changed)
    assert "1230" in texts
    assert "4118" in texts
    assert "九五五八八" in texts
    assert all(any(char in said for char in "一二三四五六七八九十95") for said, _ in changed)


@pytest.mark.parametrize(
    ("chance", "share", "text", "spoiled"),
    [
        (0.0, 0.1, "您好，还钱吗？", "您好 还钱吗"),
        (0.49, 0.3, "您好，还钱吗？", "您好 还钱吗"),
        (0.55, 0.3, "您好，还钱吗？", "您好还钱吗"),
        (0.99, 0.3, "您好，还钱吗？", "您好，还钱吗？"),
        (0.0, 0.3, "……", "……"),
        (0.0, 0.3, "欠3,500.5元。", "欠3,500.5元"),
    ],
)
def test_marks(chance: float, share: float, text: str, spoiled: str) -> None:
    """Marks are lost; those inside numbers stay, and so does what is nothing but marks."""
    assert spoil_marks([text], share, constant(chance)) == [spoiled]


def test_a_lost_question_mark_may_be_a_full_stop(damager: Damager) -> None:
    """Characters stay; the only new marks are a comma and a full stop."""
    for said, got in heard(damager, Kind.PUNCTUATION):
        assert counted(said) == counted(got)
        assert set(got) <= set(said) | set("，。 ")


def test_script_is_the_whole_call_or_none(damager: Damager) -> None:
    """Some calls come in traditional characters, from the first turn to the last."""
    fold = Normaliser().fold
    whole = 0
    for seed in range(40):
        got = damager.lines(CALL, Recipe(0.3, seed, frozenset({Kind.SCRIPT})), "C1")
        assert [fold(text) for _, text in got] == [fold(text) for _, text in CALL]
        texts = "".join(text for _, text in got)
        whole += "錢" in texts
        assert not ("錢" in texts and "钱" in texts)
    assert 2 <= whole <= 20
    assert not is_traditional(0.05, constant(0.06))


def test_wrong_speakers_are_those_of_short_turns(damager: Damager) -> None:
    """The text stays; only turns of four characters or fewer change sides."""
    wrong = set()
    for seed in SEEDS:
        got = damager.lines(CALL, Recipe(0.3, seed, frozenset({Kind.SPEAKER})), "C1")
        assert [text for _, text in got] == [text for _, text in CALL]
        wrong |= {
            text
            for (before, text), (after, _) in zip(CALL, got, strict=True)
            if before is not after
        }
    assert wrong
    assert wrong <= {text for _, text in CALL if len(counted(text)) <= 4}


def test_an_invention_hangs_on_a_turn_or_is_one(damager: Damager) -> None:
    """Nothing that was said is lost, and the credit is one of the known ones."""
    hung, own = 0, 0
    said = [text for _, text in CALL]
    for seed in range(40):
        lines = damager.lines(CALL, Recipe(0.3, seed, frozenset({Kind.INVENTION})), "C1")
        more = [(a, b) for a, (_, b) in zip(said, lines, strict=True) if a != b]
        assert all(b.removeprefix(a) in INVENTIONS for a, b in more)
        hung += len(more)
        pieces = damager.pieces(CALL, Recipe(0.3, seed, frozenset({Kind.INVENTED_TURN})), "C1")
        assert [piece.text for piece in pieces if piece.parts] == said
        assert all(piece.text in INVENTIONS for piece in pieces if not piece.parts)
        own += sum(not piece.parts for piece in pieces)
    assert 5 <= hung <= 35
    assert 5 <= own <= 35


def test_the_inventions_are_what_the_firewall_knows() -> None:
    """Each would be marked if it stood alone."""
    from auditor.transcribe.inventions import Inventions, compact_of

    fold = Normaliser().fold
    known = Inventions.shipped(fold)
    for text in INVENTIONS:
        assert known.share(compact_of(text, fold)) > 0.8, text


def pieces_of(*lines: tuple[Speaker, str]) -> list[Piece]:
    """Undamaged pieces."""
    return [Piece(who, text, (Part(i),)) for i, (who, text) in enumerate(lines)]


def test_a_split_turn_is_cut_at_a_mark(damager: Damager) -> None:
    """Both halves say something, and together they are the turn."""
    said = {text for _, text in CALL}
    cut = 0
    for seed in SEEDS:
        pieces = damager.pieces(CALL, Recipe(0.3, seed, frozenset({Kind.SPLIT})), "C1")
        assert "".join(p.text for p in pieces) == "".join(text for _, text in CALL)
        halves = [piece for piece in pieces if piece.text not in said]
        assert all(counted(half.text) for half in halves)
        first = [half for half in halves if half.parts[0].start == 0]
        # All long turns of this call but one have a mark inside.
        assert all(
            half.text[-1] in "，？。" or "个性" in CALL[half.parts[0].turn][1] for half in first
        )
        cut += len(first)
    assert cut > len(SEEDS) / 2


def test_merged_turns_keep_their_words_and_the_longer_speaker(damager: Damager) -> None:
    """Two turns at most become one; neighbours of one speaker do so most."""
    joined: dict[int, int] = {}
    for seed in range(60):
        pieces = damager.pieces(CALL, Recipe(0.3, seed, frozenset({Kind.MERGE})), "C1")
        assert "".join(p.text for p in pieces) == "".join(text for _, text in CALL)
        for piece in pieces:
            turns = [part.turn for part in piece.parts]
            assert turns in ([turns[0]], [turns[0], turns[0] + 1])
            longest = max(turns, key=lambda turn: len(CALL[turn][1]))
            assert piece.speaker is CALL[longest][0]
            if len(turns) > 1:
                joined[turns[0]] = joined.get(turns[0], 0) + 1
    assert max(joined, key=lambda turn: joined[turn]) == 6


def test_halves_of_a_turn_are_not_merged_again() -> None:
    """What split cut stays cut."""
    recipe = Recipe(0.5, 1, frozenset({Kind.SPLIT, Kind.MERGE}))
    lines = pieces_of((A, "请您今晚十点之前，用手机银行还款一千二百元，谢谢您的配合"))
    for call in range(40):
        pieces = restructure(lines, recipe, f"C{call}", None)
        assert all(len(piece.parts) == 1 for piece in pieces)


@pytest.mark.parametrize(
    ("budget", "texts"),
    [(0, ["您好", "嗯"]), (1, ["你好", "嗯"]), (2, ["你好", "恩"]), (9, ["你号", "恩"])],
)
def test_the_likeliest_damage_comes_first(budget: int, texts: list[str]) -> None:
    """By rank, until the budget is spent, none over another and no turn emptied."""
    edits = [
        Edit(0, 0, 2, "年号", 2, 0.35),
        Edit(0, 0, 1, "你", 1, 0.1),
        Edit(1, 0, 1, "", 1, 0.2),
        Edit(1, 0, 1, "恩", 1, 0.3),
        Edit(0, 1, 2, "号", 1, 0.4),
    ]
    chosen = choose(edits, [2, 1], budget)
    said = ["您好", "嗯"]
    got = [apply(text, [e for e in chosen if e.turn == turn]) for turn, text in enumerate(said)]
    assert got == texts


def test_both_sides_are_damaged(damager: Damager) -> None:
    """Neither the agent nor the customer is spared."""
    got = damager.lines(CALL, Recipe(0.3, 1, frozenset({Kind.SAME, Kind.NEAR})), "C1")
    wrong = {before[0] for before, after in zip(CALL, got, strict=True) if before[1] != after[1]}
    assert wrong == {A, C}
