"""Recordings: opened safely, checked against limits, decoded, measured; speech found in them.

Nothing is imported here, so that ``import auditor.audio`` costs nothing. The modules:

``limits``    ``AudioLimits``: what is refused before decoding.
``sound``     ``Probe``, ``ProbeNote``, ``Sound``: the values (samples are ``(channels, n)``
              float32 at 16 kHz).
``files``     ``open_regular(path, limits) -> BinaryIO``: never a link, pipe, device or folder.
``probe``     ``probe(recording, limits) -> Probe``: codec, rate, channels, length; no decoding.
``decode``    ``decode(recording, limits) -> Sound``.
``channels``  ``inspect_channels(sound) -> ChannelReport``: mono, stereo, fake stereo, dead
              channel, cross-talk echo; ``report.echo_share(channel, time)``.
``vad``       ``VoiceActivity`` protocol (``speech(samples) -> tuple[TimeSpan, ...]``) and the
              cheap ``EnergyVoice``; ``voiced_share(speech, time) -> float``.
``health``    ``assess(sound, report, expected_seconds) -> Health``; ``HealthLimits``.
``speakers``  ``cluster(samples, pieces) -> Clustering``: two voices of a mono recording.
``clip``      ``clip_bytes(recording, start, end) -> bytes``: a short piece a browser plays.

Every refusal is an ``AudioError`` whose ``reason`` is one of: ``missing``,
``not_a_regular_file``, ``unreadable``, ``empty_file``, ``unsupported_format``, ``rate_missing``,
``bad_rate``, ``bad_channels``, ``too_long``, ``undecodable``, ``no_samples``, ``hash_mismatch``.
"""
