"""Read a policy folder into a frozen policy, or list everything that is wrong with it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from auditor.conditions.node import Node, Source
from auditor.conditions.reading import Reading, Vocabulary
from auditor.domain.findings import Category, Disclosure
from auditor.errors import PolicyError, Problem, counted
from auditor.policy.clausefile import read_clauses, read_requirements
from auditor.policy.contactfile import read_contact_rule
from auditor.policy.model import Clause, Lexicon, Policy, Requirement, Rule, Scoring, Signal
from auditor.policy.rulefile import read_rule, read_signal
from auditor.policy.strictyaml import read_yaml
from auditor.text.compact import compact
from auditor.text.normalise import Normaliser

_POLICY_KEYS = (
    *("id", "version", "title", "prompt", "hotwords"),
    *("classifier", "judgement", "scoring"),
)
_SCORING_KEYS = ("base", "fatal_score", "min_calls", "dimensions")


def load_policy(folder: Path, normaliser: Normaliser) -> Policy:
    """Read every file of a policy.

    Args:
        folder: Holds ``policy.yaml``, ``clauses/``, ``terms/``, ``signals/``, ``rules/`` and, where
            calls are also held together, ``contacts/``.
        normaliser: Folds terms and patterns as transcripts are folded.

    Raises:
        PolicyError: Anything is wrong; every problem is listed with file and line.
    """
    return load_for_work(folder, normaliser)[0]


def load_for_work(folder: Path, normaliser: Normaliser) -> tuple[Policy, Reading]:
    """Read every file of a policy and keep how its rules were read, to read changed ones.

    Raises:
        PolicyError: Anything is wrong; every problem is listed with file and line.
    """
    if not (folder / "policy.yaml").is_file():
        raise PolicyError(f"{folder} is not a policy folder: it has no policy.yaml")
    return _Loader(folder, normaliser).load()


class _Loader:
    """Keeps what was read so far; one use."""

    def __init__(self, folder: Path, normaliser: Normaliser) -> None:
        self.folder = folder
        self.normaliser = normaliser
        self.sources: list[Source] = []
        self.hash = hashlib.sha256()

    def _fold(self, text: str) -> str:
        return compact(self.normaliser.fold(text)).text

    def load(self) -> tuple[Policy, Reading]:
        head = self._read(self.folder / "policy.yaml")
        clauses, requirements = self._clauses()
        lexicons = self._lexicons()
        raw_signals = list(self._files("signals"))
        named = [node.value for node, _ in raw_signals if node.is_mapping]
        names = {str(value.get("signal")): str(value.get("title") or "") for value in named}
        terms = {name: lexicon.terms for name, lexicon in lexicons.items()}
        classifier = _model_name(head.child("classifier"))
        reading = Reading(
            Vocabulary.build(
                terms, names, self._fold, self.normaliser.fold_pattern, classifier=classifier
            )
        )
        signals = self._signals(raw_signals, reading)
        rules = self._rules(reading, clauses)
        policy = self._policy(head, clauses, requirements, lexicons, signals, rules, classifier)
        problems = [problem for source in self.sources for problem in source.problems]
        if problems:
            raise PolicyError(
                f"the policy in {self.folder} has {counted(len(problems), 'problem')}", *problems
            )
        return policy, reading

    def _read(self, path: Path) -> Node:
        name = path.relative_to(self.folder).as_posix()
        value, source = read_yaml(path, name)
        self.sources.append(source)
        self.hash.update(name.encode() + b"\0")
        # One that cannot be read is a problem already.
        with suppress(OSError):
            self.hash.update(hashlib.sha256(path.read_bytes()).digest())
        return Node(value, source)

    def _files(self, kind: str) -> Iterator[tuple[Node, Path]]:
        root = self.folder / kind
        for path in sorted(root.rglob("*")):
            if path.is_dir() or path.name.startswith("."):
                continue
            if path.suffix != ".yaml" or path.is_symlink():
                name = path.relative_to(self.folder).as_posix()
                problem = Problem(name, "unexpected_file", "only plain .yaml files belong here")
                self.sources.append(Source(name, {}, [problem]))
                continue
            node = self._read(path)
            if node.is_mapping:
                yield node, path.relative_to(root)
            elif not node.source.problems:
                node.problem("empty_file", "the file says nothing")

    def _clauses(self) -> tuple[Mapping[str, Clause], Mapping[str, Requirement]]:
        clauses: dict[str, Clause] = {}
        files = [node for node, _ in self._files("clauses")]
        for node in files:
            if not node.has("requirements"):
                read_clauses(node, clauses)
        requirements: dict[str, Requirement] = {}
        for node in files:
            if node.has("requirements"):
                requirements.update(read_requirements(node, clauses))
        return MappingProxyType(clauses), MappingProxyType(requirements)

    def _lexicons(self) -> Mapping[str, Lexicon]:
        found: dict[str, Lexicon] = {}
        for node, path in self._files("terms"):
            node.only(("id", "title", "terms", "by_sound"))
            lexicon = Lexicon(
                node.child("id").text(),
                node.child("title").text(),
                self._terms(node.child("terms")),
                node.child("by_sound").flag(),
            )
            if lexicon.lexicon_id != path.stem:
                node.child("id").problem("id_not_place", "a lexicon's id is its file's name")
            found[lexicon.lexicon_id] = lexicon
        return MappingProxyType(found)

    def _terms(self, node: Node) -> tuple[str, ...]:
        terms: dict[str, None] = {}
        for item in node.items():
            folded = self._fold(item.text())
            if not folded:
                item.problem("empty_term", "nothing is left of the term without punctuation")
            elif folded in terms:
                item.problem("duplicate_term", f"the term {folded!r} stands here twice")
            terms[folded] = None
        if not terms:
            node.problem("no_terms", "a lexicon needs terms")
        return tuple(sorted((t for t in terms if t), key=lambda term: (-len(term), term)))

    def _signals(self, raw: list[tuple[Node, Path]], reading: Reading) -> Mapping[str, Signal]:
        uses = {
            str(node.value.get("signal")): set(_uses(node.value.get("find"))) for node, _ in raw
        }
        found: dict[str, Signal] = {}
        for node, path in raw:
            signal = read_signal(node, reading)
            if signal.name != path.stem:
                node.child("signal").problem("id_not_place", "a signal's name is its file's name")
            if _reaches(signal.name, signal.name, uses, set()):
                node.problem("signal_cycle", "the signal refers back to itself")
            found[signal.name] = signal
        return MappingProxyType(found)

    def _rules(self, reading: Reading, clauses: Mapping[str, Clause]) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        for node, path in self._files("rules"):
            stem = ".".join(path.with_suffix("").parts)
            rules.append(read_rule(node, reading, clauses, stem))
        for node, path in self._files("contacts"):
            stem = ".".join(path.with_suffix("").parts)
            rules.append(read_contact_rule(node, clauses, stem))
        return tuple(sorted(rules, key=lambda rule: rule.rule_id))

    def _policy(
        self,
        node: Node,
        clauses: Mapping[str, Clause],
        requirements: Mapping[str, Requirement],
        lexicons: Mapping[str, Lexicon],
        signals: Mapping[str, Signal],
        rules: tuple[Rule, ...],
        classifier: str,
    ) -> Policy:
        node.only(_POLICY_KEYS)
        return Policy(
            policy_id=node.child("id").text(),
            version=node.child("version").text(),
            title=node.child("title").text(),
            fingerprint=self.hash.hexdigest(),
            clauses=clauses,
            requirements=requirements,
            lexicons=lexicons,
            signals=signals,
            rules=rules,
            classifier=classifier,
            judgement=_judgement(node.child("judgement"), classifier),
            scoring=_scoring(node.child("scoring")),
            prompt=node.child("prompt").text(""),
            hotwords=" ".join(node.child("hotwords").texts()) if node.has("hotwords") else "",
        )


def _model_name(node: Node) -> str:
    name = node.text("")
    if name and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        node.problem("bad_name", "a model's name is of small letters, digits and hyphens")
        return ""
    return name


def _judgement(node: Node, classifier: str) -> str:
    name = _model_name(node)
    if name and not classifier:
        node.problem("no_classifier", "weights need a classifier to weigh: name one as well")
    return name


def _scoring(node: Node) -> Scoring:
    if node.value is None:
        return Scoring()
    node.only(_SCORING_KEYS)
    dimensions: dict[str, tuple[str, ...]] = {}
    titles: dict[str, str] = {}
    subjects = {*Category, *Disclosure}
    for item in node.child("dimensions").items():
        item.only(("id", "title", "holds"))
        name = item.child("id").text()
        dimensions[name] = tuple(held.choice(subjects) for held in item.child("holds").items())
        titles[name] = item.child("title").text()
    return Scoring(
        base=node.child("base").number(100.0, low=1, high=1000),
        fatal_score=node.child("fatal_score").number(0.0, low=0, high=1000),
        min_calls=node.child("min_calls").integer(30, low=1),
        dimensions=MappingProxyType(dimensions),
        dimension_titles=MappingProxyType(titles),
    )


def _uses(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            if key == "signal":
                yield from [inside] if isinstance(inside, str) else (str(i) for i in inside or ())
            else:
                yield from _uses(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _uses(inside)


def _reaches(start: str, at: str, uses: Mapping[str, set[str]], seen: set[str]) -> bool:
    for name in uses.get(at, set()):
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            if _reaches(start, name, uses, seen):
                return True
    return False
