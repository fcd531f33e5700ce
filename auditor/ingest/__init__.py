"""What to audit: manifests, transcript files and the folders they lie in.

Nothing is imported here. The modules:

``manifest``     ``read_manifest(path, root, options) -> Manifest``; every data row gives one
                 ``Row(number, call_id, call, recording, problems, outcome)``.
``transcripts``  ``read_transcript(path, timezone=None) -> Transcript``,
                 ``load_transcript(path, timezone=None) -> LoadedTranscript`` (with notes),
                 ``parse_transcript(text, where) -> LoadedTranscript``,
                 ``transcript_to_json(transcript) -> dict``.
``discover``     ``discover(source, manifest=None, options=..., exclude=()) -> Inputs``.

Row reasons (snake case, stable): ``call_id_missing``, ``bad_call_id``, ``agent_id_missing``,
``bad_agent_id``, ``path_missing``, ``path_outside_root``, ``naive_time``, ``ambiguous_time``,
``future_time``,
``bad_value``, ``duplicate_row`` (skipped), ``conflicting_duplicate``, ``ragged_row``,
``cell_too_long``. File reasons: ``unreadable``, ``empty_manifest``,
``missing_column``, ``duplicate_column``, ``bad_encoding``, ``bad_column_type``, ``too_large``,
``two_manifests``, ``unknown_timezone``.
"""
