"""The values everything speaks of: calls, turns, transcripts, findings. Plain frozen Python."""
