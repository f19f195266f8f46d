//! The examples of `partywall customer --help`, command by command.
//! Knows: words. Never knows: what they are about.

pub(in super::super) const ALL: &str = "\
Examples:
  partywall customer find 'https://relay.example:7444/#…' bakery.example
  partywall customer terms bakery.example --link 'https://relay.example:7444/#…'
  partywall customer begin bakery.example --link 'https://relay.example:7444/#…'
  partywall customer say bakery.example 'two rye breads, please'
  partywall customer receive --until-idle 5
  partywall customer shared bakery.example            what was told of you, with proofs
  partywall customer leave bakery.example

What is kept for businesses lies beside your own store, sealed under a passphrase of its own:
me.store and me.business. --store names either.";

pub(in super::super) const FIND: &str = "\
Examples:
  partywall customer find 'https://relay.example:7444/#…' bakery.example
  partywall customer find - bakery.example --json < business-link.txt

What is shown was proven: the operator signed it, and it stands in a ledger that was only added to
since you last looked. With --json: domain, name, industry, hosting, operator, policy,
policy_version, table.";

pub(in super::super) const TERMS: &str = "\
Examples:
  partywall customer terms bakery.example --link 'https://relay.example:7444/#…'
  partywall customer terms bakery.example --region eu
  partywall customer terms bakery.example --details --json

[off] can be switched on with `begin --share` or `consent --on`; [always] holds as long as the chat
exists. A switch is named FIELD/RECIPIENT/PURPOSE; --details prints the names.
With --json the first object is \"type\":\"terms\", each further one \"type\":\"row\".";

pub(in super::super) const BEGIN: &str = "\
Examples:
  partywall customer begin bakery.example --link 'https://relay.example:7444/#…'
  partywall customer begin bakery.example --link 'https://…' --region eu --opt-in utility \\
      --initials AB --share display_name/business/service_operation
  partywall customer begin bakery.example --link 'https://…' --object";

pub(in super::super) const SAY: &str = "\
Examples:
  partywall customer say bakery.example 'is the shop open?'
  partywall customer say bakery.example 'hello' --wait 20 --json
      {\"chat\":\"bakery.example\",\"id\":\"9f…\",\"message\":3,\"state\":\"accepted\",\"window_expires_at\":\"…\"}

It ends with 0 only when the relay has the message on its disk, and with 9 when a rule forbids it;
the error names the rule, and from when on it would be allowed.";

pub(in super::super) const ORDER: &str = "\
Examples:
  partywall customer order bakery.example --item 'r1,Rye bread,4.20 EUR,2'
  partywall customer order bakery.example --item 'r1,Rye bread,4.20 EUR,2' --item 'p7,Pretzel,0.90 EUR,5'";

pub(in super::super) const CHOOSE: &str = "\
Examples:
  partywall customer choose bakery.example yes
  partywall customer choose bakery.example yes --of 12";

pub(in super::super) const AGENT: &str = "\
Examples:
  partywall customer agent bakery.example";

pub(in super::super) const RECEIVE: &str = "\
Examples:
  partywall customer receive                          until Ctrl-C
  partywall customer receive --until-idle 5           what is there, then end
  partywall customer receive --json --until-idle 5
      {\"chat\":\"bakery.example\",\"id\":\"9f…\",\"message\":4,\"sequence\":2,\"at\":\"2026-11-21T20:15:00.000Z\",
       \"window_expires_at\":\"2026-11-22T20:15:00.000Z\",\"kind\":\"text\",\"text\":\"hello\"}   (on one line)

A message is marked as done only after its line was written and flushed: if this program is
stopped in between, the line comes again under the same id, and is never lost.

With --json a message has the keys chat, id, message, sequence, at, window_expires_at, kind, event
(the number of the event in this store), and by its kind: text, buttons, sections, items, template,
up_to. Everything else that happened has a chat, an event and a
\"type\": accepted, refused, withdrawn, suspended, revoked, terms-changed, certificate-changed,
quarantined, gap, distrusted.";

pub(in super::super) const SHARED: &str = "\
Examples:
  partywall customer shared bakery.example
  partywall customer shared bakery.example --details
  partywall customer shared bakery.example --json

Nothing is shown whose proof does not hold. With --json: \"type\":\"row\" (switch, on, always, sentence,
basis, precision, keep_days, law, table, policy_version) and \"type\":\"disclosure\" (sentence, field,
value, recipient, purpose, basis, at, keep_days, outcome, proven, index, tree_size, table).";

pub(in super::super) const CONSENT: &str = "\
Examples:
  partywall customer consent bakery.example --on locale/business/service_operation
  partywall customer consent bakery.example --off locale/business/service_operation
  partywall customer consent bakery.example --withdraw-all
  partywall customer consent bakery.example --object
  partywall customer consent bakery.example --accept-new-terms

When it ends with 0 nothing leaves any more that you switched off.";

pub(in super::super) const DECLARE: &str = "\
Examples:
  partywall customer declare bakery.example locale=deAT display_name=AB
  partywall customer declare bakery.example 'purchase_total=12.50 EUR'
  partywall customer declare bakery.example --forget locale

Fields: phone_number (+49…), display_name (one to three initials), locale (de, deAT), country (DE),
device_model (android_phone, iphone, android_tablet, ipad, windows, macos, linux, other), os_version
(17.4), client_version (3.1), purchase_total ('12.50 EUR'), purchase_category (food, clothing,
electronics, household, travel, services, health, other), ad_referral (0 to 65535).";

pub(in super::super) const OPT: &str = "\
Examples:
  partywall customer opt bakery.example utility on
  partywall customer opt bakery.example marketing off";

pub(in super::super) const EXPORT: &str = "\
Examples:
  partywall customer export-my-data bakery.example --out bakery.jsonld
  partywall customer export-my-data bakery.example > bakery.jsonld

JSON-LD in the words of the W3C's Data Privacy Vocabulary: consents, receipts, and disclosures with
their proofs. Works after leaving, too.";

pub(in super::super) const ERASE: &str = "\
Examples:
  partywall customer erase bakery.example
  partywall customer erase bakery.example --yes       where nobody can be asked

The relay signs a receipt, which is kept in your store. What others were told stays with them; those
who take notices are asked to erase it. Works after leaving, too.";

pub(in super::super) const LEAVE: &str = "\
Examples:
  partywall customer leave bakery.example
  partywall customer leave bakery.example --yes

From then on the business cannot say anything. You can still see, export and erase what is held.";

pub(in super::super) const BLOCK: &str = "\
Examples:
  partywall customer block bakery.example";

pub(in super::super) const UNBLOCK: &str = "\
Examples:
  partywall customer unblock bakery.example";

pub(in super::super) const REPORT: &str = "\
Examples:
  partywall customer report bakery.example 9f86d081884c7d65 --why spam
  partywall customer report bakery.example 4 --why fraud        4 is the \"message\" of --json

The operator can read that one message and knows that the business wrote it. Nothing else is opened.";

pub(in super::super) const CHANGES: &str = "\
Examples:
  partywall customer changes bakery.example
  partywall customer changes bakery.example --accept-certificate
  partywall customer consent bakery.example --accept-new-terms

Until you accept new terms, only what both allow is told. Until you accept a changed certificate,
nothing is said.";

pub(in super::super) const CHATS: &str = "\
Examples:
  partywall customer chats
  partywall customer chats --json                     {\"chat\":\"bakery.example\",\"standing\":\"open\",…}";

pub(in super::super) const HISTORY: &str = "\
Examples:
  partywall customer history bakery.example
  partywall customer history bakery.example --limit 500 --json
  partywall customer history bakery.example --before 12";
