"""From the sound of a call to turns by speaker; the only layer that knows a recogniser."""
