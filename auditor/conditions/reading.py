"""Read conditions and exemptions from rule files, whichever operator they use."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType

import re2

from auditor.conditions import exemptions as exemption_package
from auditor.conditions import operators as operator_package
from auditor.conditions.base import MISS, Answer, Condition, Exemption
from auditor.conditions.node import Node
from auditor.conditions.scene import Scene
from auditor.domain.calls import Speaker

MAX_PATTERN = 2000
"""Characters of a user's pattern before its lexicons are put in."""

_EVERYBODY = "any"

_NEVER_SEARCHED = frozenset("，。！？；：、…“”‘’《》（） ")


@dataclass(frozen=True, slots=True)
class Never:
    """Stands in for a condition that could not be read; its problem is already reported."""

    def find(self, scene: Scene) -> Answer:  # noqa: ARG002 - the protocol's argument
        """Never hits."""
        return MISS

    def describe(self) -> str:
        """Say so."""
        return "（条件有误）"


def _modules(package: ModuleType) -> dict[str, ModuleType]:
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for key in module.KEYS:
            found[key] = module
    return found


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the rules of a policy may refer to, and the operators there are.

    Args:
        lexicons: Terms of every lexicon, folded as texts are.
        signals: Names of the policy's signals, with the titles that people read.
        fold: Folds a text the way transcripts are folded, keeping only what is searched.
        fold_pattern: Folds the literals of a pattern the way transcripts are folded.
        operators: Condition kinds by key.
        exemptions: Exemption kinds by key.
        classifier: Name of the trained model the policy uses; empty when it uses none.
    """

    lexicons: Mapping[str, tuple[str, ...]]
    signals: Mapping[str, str]
    fold: Callable[[str], str]
    fold_pattern: Callable[[str], str]
    operators: Mapping[str, ModuleType]
    exemptions: Mapping[str, ModuleType]
    classifier: str = ""
    _patterns: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def any_term(self, lexicon: str) -> str:
        """Return a pattern for any term of a lexicon, worked out once."""
        if lexicon not in self._patterns:
            terms = sorted(self.lexicons.get(lexicon, ()), key=lambda term: (-len(term), term))
            self._patterns[lexicon] = "(?:" + "|".join(map(re2.escape, terms)) + ")"
        return self._patterns[lexicon]

    @classmethod
    def build(
        cls,
        lexicons: Mapping[str, tuple[str, ...]],
        signals: Mapping[str, str] | Iterable[str],
        fold: Callable[[str], str],
        fold_pattern: Callable[[str], str],
        classifier: str = "",
    ) -> Vocabulary:
        """Collect the operator modules and the names a policy defines."""
        return cls(
            lexicons,
            signals if isinstance(signals, Mapping) else {name: name for name in signals},
            fold,
            fold_pattern,
            _modules(operator_package),
            _modules(exemption_package),
            classifier,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """How conditions are read at one place: whose speech is meant unless said otherwise."""

    vocabulary: Vocabulary
    speaker: Speaker | None = None
    speaker_known: bool = False

    def condition(self, node: Node) -> Condition:
        """Read one condition with its modifiers; problems go to the node's source."""
        from auditor.conditions.modifiers import MODIFIERS, narrowed

        keys = node.keys()
        kinds = [key for key in keys if key in self.vocabulary.operators]
        if len(kinds) != 1:
            named = ", ".join(sorted(self.vocabulary.operators))
            node.problem("no_operator", f"expected exactly one of: {named}")
            return Never()
        module = self.vocabulary.operators[kinds[0]]
        node.only({kinds[0], *MODIFIERS, *module.MODIFIERS})
        inner = self.speaking(node)
        if module.NEEDS_SPEAKER and not inner.speaker_known:
            node.problem("no_speaker", "say whose speech is meant: speaker: agent, customer or any")
        return narrowed(module.read(node, kinds[0], inner), node, inner)

    def speaking(self, node: Node) -> Reading:
        """Take over the speaker named at a node, for it and everything inside."""
        if not node.has("speaker"):
            return self
        name = node.child("speaker").choice(("agent", "customer", _EVERYBODY))
        speaker = None if name == _EVERYBODY else Speaker(name)
        return replace(self, speaker=speaker, speaker_known=True)

    def conditions(self, node: Node) -> tuple[Condition, ...]:
        """Read a list of conditions."""
        found = tuple(self.condition(item) for item in node.items())
        if not found:
            node.problem("empty_list", "expected at least one condition")
        return found

    def exemption(self, node: Node) -> Exemption | None:
        """Read one reason why a hit does not count."""
        keys = node.keys()
        kinds = [key for key in keys if key in self.vocabulary.exemptions]
        if len(kinds) != 1 or len(keys) != 1:
            named = ", ".join(sorted(self.vocabulary.exemptions))
            node.problem("no_exemption", f"expected exactly one of: {named}")
            return None
        exemption: Exemption | None = self.vocabulary.exemptions[kinds[0]].read(
            node.child(kinds[0]), kinds[0], self
        )
        return exemption

    def exemptions(self, node: Node) -> tuple[Exemption, ...]:
        """Read a list of exemptions; nothing there means none."""
        read = (self.exemption(item) for item in node.items())
        return tuple(found for found in read if found is not None)

    def lexicon_names(self, node: Node) -> tuple[str, ...]:
        """Read one lexicon name or a list, reporting unknown ones."""
        names = tuple(item.text() for item in node.some())
        for name in names:
            if name not in self.vocabulary.lexicons:
                node.problem("unknown_lexicon", f"there is no lexicon {name!r}")
        return tuple(name for name in names if name in self.vocabulary.lexicons)

    def pattern(self, node: Node) -> re2._Regexp | None:
        """Compile a linear-time pattern over the searched text.

        ``<name>`` stands for any term of that lexicon. Back-references and look-around do not
        exist in RE2 (R. Cox, Regular Expression Matching in the Wild, 2010) and are reported.
        """
        text = node.text()
        if len(text) > MAX_PATTERN:
            node.problem("pattern_too_long", f"pattern longer than {MAX_PATTERN} characters")
            return None
        for char in _NEVER_SEARCHED.intersection(text):
            node.problem("punctuation", f"{char!r} never matches: punctuation is not searched")
        return self._compile(node, self._expand(node, self.vocabulary.fold_pattern(text)))

    def _expand(self, node: Node, text: str) -> str:
        parts: list[str] = []
        rest = text
        while "<" in rest:
            before, _, tail = rest.partition("<")
            name, closed, rest = tail.partition(">")
            parts.append(before)
            if before.endswith("?P") or not closed:
                node.problem("pattern_syntax", "'<' opens a lexicon name here; close it with '>'")
                return "".join(parts)
            if name not in self.vocabulary.lexicons:
                node.problem("unknown_lexicon", f"there is no lexicon {name!r}")
            parts.append(self.vocabulary.any_term(name))
        return "".join([*parts, rest])

    def _compile(self, node: Node, text: str) -> re2._Regexp | None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = 32 << 20
        # Texts are folded to lower case, and turns are joined by line ends: '[^x]' must not
        # reach into the next turn, and '^' and '$' are the ends of a turn, not of the call.
        options.case_sensitive = False
        options.never_nl = True
        options.never_capture = True  # where a pattern matches is all that is asked
        try:
            compiled = re2.compile(f"(?m){text}", options)
        except re2.error as error:
            reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
            node.problem("pattern_syntax", f"not a usable pattern: {reason}")
            return None
        if compiled.search("") is not None:
            node.problem("pattern_matches_nothing", "the pattern matches the empty text")
            return None
        return compiled
