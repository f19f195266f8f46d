//! The one page for people: what this is. The same bytes for every link and every visitor.
//! Knows: nothing that differs between two visits. Never knows: the part of a link behind `#`, which never reaches a server.

/// What a browser that opens a link is shown.
pub const PAGE: &str = "<!doctype html>
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
