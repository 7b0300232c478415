"""
How a contract ends: by notice, for cause, by itself; what then stays due, goes back, and is to be done.

form      which form a declaration needs, and which way of sending has it
notice    ordinary notice: the day that counts, the day it ends the contract, withdrawal
finding   conditions of an extraordinary ending, and from when it is possible
told      what is known of such a case
kinds     which of them a pack has, and what each asks for
owed      what stays due after a culpable end, and what goes back otherwise
duties    what is to be done after the end, and by when
"""
