"""Speech from espeak-ng, a program under GPLv3+ that runs in a process of its own and is never loaded into ours.

`worker` is that process, `engine` our side of the pipe. Installed by the optional extra `sanjeh[speech]`.
"""

from seeds.speech.engine import Event, Speech, Utterance, Voice, speak_all

__all__ = ["Event", "Speech", "Utterance", "Voice", "speak_all"]
