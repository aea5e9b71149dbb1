"""Looks at clips as a viewer would: contact sheets, checks on what is drawn, kept pictures.

Clips are played frame by frame without making a video. :mod:`look.playing`
plays, :mod:`look.stage` lists what lies where, the modules beside them each
hold one kind of check, and every check returns findings.
"""
