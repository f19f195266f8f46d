//! The examples of `partywall business --help`, command by command.
//! Knows: words. Never knows: what they are about.

pub(in super::super) const ALL: &str = "\
Examples:
  partywall business enrol 'https://relay.example:7444/#…' --name Bakery --domain bakery.example --industry food
  partywall business status
  partywall business inbox --until-idle 5
  partywall business send 9f86 'It is ready.'
  partywall business template example > ready.toml
  partywall business echo                             a bot that answers every text with itself

Its store is shop.store in the platform's data folder; --store names another.";

pub(in super::super) const ENROL: &str = "\
Examples:
  partywall business enrol 'https://relay.example:7444/#…' --name Bakery --domain bakery.example --industry food
  partywall business enrol - --name Bakery --domain bakery.example --industry food \\
      --hosting 'provider Example Hosting' < business-link.txt

Then publish what it prints on your domain, and ask the operator to verify it. With --json:
business, domain, path, text, url, operator.";

pub(in super::super) const STATUS: &str = "\
Examples:
  partywall business status
  partywall business status --json                    {\"standing\":\"verified\",\"certificate_until\":\"…\",…}";

pub(in super::super) const WELL_KNOWN: &str = "\
Examples:
  partywall business well-known > partywall-business
  partywall business well-known --json                {\"path\":\"/.well-known/partywall-business\",\"text\":\"…\"}";

pub(in super::super) const ECHO: &str = "\
Examples:
  partywall business echo                             until Ctrl-C
  partywall business echo --until-idle 5 --json

Prints a line for each answer. What is no text is not answered.";

pub(in super::super) const SEND: &str = "\
Examples:
  partywall business send 9f86 'It is ready.'
  partywall business send 9f86 'Shall we send it?' --buttons yes=Yes,no=No
  partywall business send 9f86 'It is ready.' --json
      {\"conversation\":\"9f86…\",\"id\":\"0c…\",\"message\":7,\"state\":\"accepted\",\"window_expires_at\":\"…\"}

It ends with 0 only when the relay has the message on its disk, and with 9 when a rule forbids it:
later than 24 hours after the customer's last word, send a template.";

pub(in super::super) const TEMPLATE: &str = "\
Examples:
  partywall business template example > ready.toml
  partywall business template submit ready.toml
  partywall business template list
  partywall business template send 9f86 order_ready 1207 2026-11-22";

pub(in super::super) const TEMPLATE_SUBMIT: &str = "\
Examples:
  partywall business template submit ready.toml
  partywall business template submit ready.toml --json   {\"template\":\"7a…\",\"state\":\"pending\",\"findings\":[…]}";

pub(in super::super) const TEMPLATE_LIST: &str = "\
Examples:
  partywall business template list
  partywall business template list --json";

pub(in super::super) const TEMPLATE_SEND: &str = "\
Examples:
  partywall business template send 9f86 order_ready 1207 2026-11-22
  partywall business template send 9f86 login_code code:7XK2
  partywall business template send 9f86 reminder option:1 '12.50 EUR'

A parameter is a whole number, an amount, a day, option:N (the Nth of the published options, from 1)
or code:CODE. There is no free text.";

pub(in super::super) const TEMPLATE_EXAMPLE: &str = "\
Examples:
  partywall business template example > ready.toml";

pub(in super::super) const INBOX: &str = "\
Examples:
  partywall business inbox                            until Ctrl-C
  partywall business inbox --until-idle 5 --json
      {\"conversation\":\"9f86…\",\"id\":\"0c…\",\"message\":1,\"sequence\":1,\"at\":\"2026-11-21T20:15:00.000Z\",
       \"window_expires_at\":\"2026-11-22T20:15:00.000Z\",\"kind\":\"text\",\"text\":\"hello\"}   (on one line)

An event is marked as done only after its line was written and flushed: if this program is stopped
in between, it comes again under the same id, and is never lost.

With --json a message has the keys conversation, id, message, sequence, said, at, window_expires_at,
kind, event (the number of the event in this store), and by its kind: text, items, total, choice, of,
latitude, longitude. Everything else that happened has an event and a \"type\": began, left, opted, disclosed, accepted, refused, withdrawn, suspended,
revoked, quarantined, gap.";

pub(in super::super) const PASSPHRASE: &str = "\
Examples:
  partywall business passphrase
  partywall business passphrase --passphrase-file old --new-passphrase-file new

Copies of the store made before still open with the old passphrase.";

pub(in super::super) const CONVERSATIONS: &str = "\
Examples:
  partywall business conversations
  partywall business conversations --json             {\"conversation\":\"9f86…\",\"left\":false,…}";
