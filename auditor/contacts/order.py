"""Bring contacts into order by key and time with bounded memory."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from auditor.contacts.facts import began
from auditor.contacts.rows import contact_from_json, contact_to_json
from auditor.domain.contacts import Contact
from auditor.errors import OutputError

IN_MEMORY = 50_000
"""Contacts sorted at once; more of them wait in sorted files."""

Key = tuple[str, str, str, bool, int]
Entry = tuple[Key, str]


@dataclass(slots=True)
class Sorter:
    """Sorts contacts by a group and then by time; an external merge sort.

    Equal times are ordered by call id, so that the order of input never shows; of one call given
    twice that of the run comes first.

    Args:
        group: Names the group of a contact.
        most: Contacts held at once.
    """

    group: Callable[[Contact], str]
    most: int = IN_MEMORY
    _waiting: list[tuple[Key, Contact]] = field(default_factory=list)
    _folder: tempfile.TemporaryDirectory[str] | None = None
    _runs: list[Path] = field(default_factory=list)

    def __enter__(self) -> Sorter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, contact: Contact) -> None:
        """Take one more contact.

        Raises:
            OutputError: There is no room for the contacts that wait on disk.
        """
        self._waiting.append((self._key(contact), contact))
        if len(self._waiting) >= self.most:
            self._spill()

    def ordered(self) -> Iterator[Contact]:
        """Yield all contacts in order; contacts without a time come first in their group."""
        self._waiting.sort(key=lambda entry: entry[0])
        if not self._runs:
            yield from (contact for _, contact in self._waiting)
            return
        self._spill()
        for _, line in heapq.merge(*map(_lines, self._runs)):
            yield contact_from_json(json.loads(line))

    def _key(self, contact: Contact) -> Key:
        at = began(contact)
        when = "" if at is None else at.strftime("%Y-%m-%dT%H:%M:%S.%f")
        place = contact.place
        return (self.group(contact), when, contact.call.call_id, place is None, place or 0)

    def _spill(self) -> None:
        if not self._waiting:
            return
        self._waiting.sort(key=lambda entry: entry[0])
        try:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="auditor-contacts-")
            path = Path(self._folder.name) / f"{len(self._runs)}.jsonl"
            with path.open("w", encoding="utf-8") as file:
                for key, contact in self._waiting:
                    row = json.dumps(contact_to_json(contact), ensure_ascii=True)
                    file.write(json.dumps(key) + "\t" + row + "\n")
        except OSError as error:
            raise OutputError("contacts that wait to be checked cannot be written") from error
        self._runs.append(path)
        self._waiting.clear()


def _lines(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            key, _, row = line.partition("\t")
            group, when, call_id, earlier, place = json.loads(key)
            yield (group, when, call_id, earlier, place), row
