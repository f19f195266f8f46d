//! One page for people at each listener: what this is. The same bytes for every link and every visitor.
//! Knows: nothing that differs between two visits. Never knows: the part of a link behind `#`, which never reaches a server.

/// What a browser that opens a link to the peer listener is shown.
pub const PEER: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<meta name=\"robots\" content=\"noindex\">
<title>A Partywall relay</title>
</head>
<body>
<h1>A Partywall relay</h1>
<p>This machine carries sealed messages between people. It can neither read them nor tell who wrote to whom.</p>
<p>Somebody sent you a link that begins with this address? It is an invitation to talk, and it opens in a Partywall
client, not in a browser: copy the whole link, including the part behind the&nbsp;#, and run
<code>partywall add LINK --name NAME</code>.</p>
<p>Nothing about your looking at this page is stored, and the part behind the&nbsp;# did not leave your browser.</p>
</body>
</html>
";

/// What a browser that opens a business link is shown.
pub const BUSINESS: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<meta name=\"robots\" content=\"noindex\">
<title>A Partywall relay: businesses</title>
</head>
<body>
<h1>A Partywall relay: businesses</h1>
<p>Here people talk to businesses that the operator of this machine verified, under a pseudonym that no other business
sees. What is said is sealed; the relay cannot read it. What may be shared, with whom and why is a published table, and
nothing is shared that you did not accept.</p>
<p>A link that begins with this address opens in a Partywall client, not in a browser: copy the whole link, including
the part behind the&nbsp;#.</p>
<p>For auditors: the ledger's newest checkpoint is at <code>/checkpoint</code>, its tiles (C2SP tlog-tiles) below
<code>/tile/</code>.</p>
<p>Nothing about your looking at this page is stored, and the part behind the&nbsp;# did not leave your browser.</p>
</body>
</html>
";

/// The headers that go with every answer: nothing runs, nothing is framed, nothing is kept, nothing is told to the next site.
pub const STRICT: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
    ("connection", "close"),
];
