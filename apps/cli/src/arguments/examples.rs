//! The examples and the small print of every command's `--help`.
//! Knows: words. Never knows: what they are about.

/// Of the whole command.
pub(super) mod business;
pub(super) mod customer;

pub(super) const ALL: &str = "\
Examples:
  partywall invite --relay 'https://…' --name bob     make a link, and give it to Bob
  partywall add 'https://…' --name alice              what Bob does with it
  partywall send alice 'hello'
  partywall receive
  partywall chat bob
  partywall customer find 'https://…' bakery.example  talk with a business
  partywall business enrol 'https://…' --name Bakery --domain bakery.example --industry food
  partywall tour                                      see it all work, on this machine only

Exit codes:
  0 done                     1 failed                   2 the command line is wrong
  3 no or wrong passphrase   4 the relay does not answer
  5 the relay refuses, or is not the one your link names
  6 the store is in use, absent, damaged or cannot be written
  7 a link is damaged, of the wrong kind, used or revoked
  8 no such contact or business, or the name cannot be used
  9 a rule of the business wing forbids it              130 interrupted
 10 what the relay shows of a business is not proven; nothing was sent";

pub(super) const INVITE: &str = "\
Examples:
  partywall invite --relay 'https://relay.example:7443/#…' --name bob
  partywall invite --relay 'https://relay.example:7443/#…' --name customers --reusable
  partywall invite --relay - --name bob --json < relay-link.txt        {\"link\":\"https://…\"}

Whoever holds the link can write to you: give it to the person over a way you trust.
Where standard output is not a terminal, the link is all that is printed.";

pub(super) const REVOKE: &str = "\
Examples:
  partywall revoke 'https://relay.example:7443/#…'
  partywall contacts                                  shows your open links

People who became contacts over the link stay contacts.";

pub(super) const ADD: &str = "\
Examples:
  partywall add 'https://relay.example:7443/#…' --name alice
  partywall add - --name alice < link.txt
  partywall add 'https://…' --name alice --relay 'https://my.relay.example/#…'";

pub(super) const SEND: &str = "\
Examples:
  partywall send bob 'see you at eight'
  partywall send bob --lines < report.txt             a message for each line
  tail -f app.log | partywall send bob --lines
  partywall send bob --lines --run 2026-11-21 < report.txt

It ends with 0 only when the relay has everything on its disk. If the relay goes away it waits and
goes on. Answers that arrive meanwhile are kept for `receive`.

A store is used by one program at a time: while `receive` runs, `send` says that the store is in use.
Run them one after the other; to do both at once, use `partywall chat bob`.

--lines: an empty line is an empty message; a line's end (LF or CR LF) is not part of it. If it is
interrupted (Ctrl-C, a crash, a power cut), start it again with the same input: lines that were
taken are not sent twice, and none is left out. It knows the input by its first lines (up to 256);
another input begins a run of its own, and of the runs with a contact only the last is remembered.
After a run that ended with 0, the same input is sent again, as you would expect. For a job that
may be started again even then, give the run a name with --run: under one name, the same line in
the same place is sent once only, ever.";

pub(super) const RECEIVE: &str = "\
Examples:
  partywall receive                                   until Ctrl-C
  partywall receive --until-idle 5                    what is there, then end
  partywall receive --json --until-idle 5
      {\"from\":\"bob\",\"id\":\"9f…\",\"sent\":\"2026-11-21T20:15:00.123Z\",\"text\":\"hello\"}

A message is marked as read only after its line was written and flushed: if this program is
stopped in between, the line comes again under the same id, and is never lost.
With --until-idle, the silence counts from when a relay was reached; it ends with 4 or 5 when a
relay could not be reached at the end: there may be more.

A store is used by one program at a time: while this runs, `send` says that the store is in use. In
scripts take turns: `receive --until-idle 5`, then `send`. To do both at once, use `partywall chat`.

With --json a message has the keys from, id, sent, text; also \"late\":true when it came after its
place had been told as a gap, \"crossed\":true when its writer did not have your newest text yet,
and \"unconfirmed\":true as long as its writer has not proven to hold the keys. Everything else that
happened has a \"type\": gap, new-contact, confirmed, failed, expired, rolled-back, quarantined,
keys-dropped.";

pub(super) const CHAT: &str = "\
Examples:
  partywall chat bob

Type and press Enter. Ctrl-U clears the line, Ctrl-W a word; Ctrl-D or Ctrl-C ends.";

pub(super) const CONTACTS: &str = "\
Examples:
  partywall contacts
  partywall contacts --json                           {\"name\":\"bob\",\"confirmed\":true,…}";

pub(super) const HISTORY: &str = "\
Examples:
  partywall history bob
  partywall history bob --limit 500
  partywall history bob --before 9f86d081884c7d659a2feaa0c55ad015 --json";

pub(super) const SAFETY: &str = "\
Examples:
  partywall safety bob

Both of you see the same sixty digits if nobody stands between you. Compare all of them by voice
or face to face, not over the messages themselves; then `partywall verify bob`.";

pub(super) const VERIFY: &str = "\
Examples:
  partywall verify bob
  partywall verify bob --yes
  partywall verify bob --undo";

pub(super) const FORGET: &str = "\
Examples:
  partywall forget bob
  partywall forget bob --yes                          where nobody can be asked

The other side is not told. What they have stays with them.";

pub(super) const DOCTOR: &str = "\
Examples:
  partywall doctor 'https://relay.example:7443/#…'
  partywall doctor 'https://relay.example:7443/#…' --json

Ends with 0 only if everything is well.";

pub(super) const PASSPHRASE: &str = "\
Examples:
  partywall passphrase
  partywall passphrase --passphrase-file old --new-passphrase-file new

Copies of the store made before still open with the old passphrase.";

pub(super) const TOUR: &str = "\
Examples:
  partywall tour
  partywall tour --keep                               leave the folder, to look around
  partywall tour --json                               the same as objects

Everything happens on this machine, in a temporary folder, and takes a few seconds. Ends with 0
only if everything that it says is true.";
