//! A run in sentences, as one would say it to somebody who has to decide.
//! Knows: one report. Never knows: the machine.

use super::spelled::{about, bytes, number};
use super::{Pace, Report, Which};

/// How much memory the sentence about connections fills.
const GIBIBYTE: f64 = 1_073_741_824.0;

/// The pace to which the verdict refers, in hundredths.
const HALF: u32 = 50;

/// The sentences, the one that matters first.
#[must_use]
pub fn sentences(report: &Report) -> Vec<String> {
    let mut said = vec![carries(report)];
    said.extend(half(&report.paces));
    said.extend(costs(report));
    said.extend(idle(report));
    said.extend(disk(report));
    said
}

fn carries(report: &Report) -> String {
    let who = match &report.relay {
        Which::Own { .. } => "This machine".to_owned(),
        Which::Running { host } => format!("The relay at {host}, as seen from here,"),
    };
    let many = about(report.online.rate.per_second);
    format!("{who} carries about {many} messages a second, each on disk before it is acknowledged.")
}

/// The pace at half, or the one nearest to it.
fn half(paces: &[Pace]) -> Option<String> {
    let pace = paces
        .iter()
        .min_by_key(|pace| pace.percent.abs_diff(HALF))?;
    let when = match pace.percent {
        HALF => "At half of that".to_owned(),
        percent => format!("At {percent} % of that"),
    };
    let (accepted, surfaced) = (number(pace.accepted.p99_ms), number(pace.surfaced.p99_ms));
    let mut sentence = format!(
        "{when}, 99 of 100 are accepted within {accepted} ms, and with a connected reader within {surfaced} ms."
    );
    if !pace.was_kept() {
        let (reached, due) = (about(pace.rate.per_second), about(pace.due_per_second));
        sentence.push_str(&format!(
            " It fell behind there: {reached} of {due} a second went through; run it again while the machine is quiet."
        ));
    }
    Some(sentence)
}

/// What the relay alone would carry: the loads were made on the same processors.
fn costs(report: &Report) -> Option<String> {
    let online = &report.online;
    let relay = online.rate.cpu_us.filter(|micros| *micros > 0.0)?;
    let mut sentence = format!(
        "A message costs the relay {} µs of processor time",
        number(relay)
    );
    if let Some(clients) = online.clients_cpu_us {
        sentence.push_str(&format!(
            "; its writer and its reader cost another {} µs, here on the same {}, and elsewhere with real ones",
            number(clients),
            match report.machine.cores {
                1 => "core".to_owned(),
                cores => format!("{cores} cores"),
            }
        ));
    }
    Some(sentence + ".")
}

fn idle(report: &Report) -> Option<String> {
    let idle = report.idle.as_ref()?;
    let each = idle.bytes_each.filter(|each| *each >= 1.0)?;
    let (each_said, fit) = (bytes(each), about(GIBIBYTE / each));
    Some(format!(
        "An idle connection costs {each_said} of the relay's memory, so about {fit} fit into 1 GiB; the kernel's own buffers come on top."
    ))
}

fn disk(report: &Report) -> Option<String> {
    let fsync = report.disk?.fsync;
    let Which::Own { disk } = &report.relay else {
        return None;
    };
    let (p50, p99) = (number(fsync.p50_ms), number(fsync.p99_ms));
    Some(format!(
        "The disk was that of {disk}: half of its fsyncs take at most {p50} ms, 99 of 100 at most {p99} ms; nothing is accepted faster."
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Which, example};
    use super::sentences;

    #[test]
    fn the_verdict_answers_what_an_operator_asks() {
        assert_eq!(
            sentences(&example::own()),
            [
                "This machine carries about 12,000 messages a second, each on disk before it is acknowledged.",
                "At half of that, 99 of 100 are accepted within 5.9 ms, and with a connected reader within 2.2 ms.",
                "A message costs the relay 40 µs of processor time; its writer and its reader cost another 21 µs, here on the same 2 cores, and elsewhere with real ones.",
                "An idle connection costs 13.3 KiB of the relay's memory, so about 79,000 fit into 1 GiB; the kernel's own buffers come on top.",
                "The disk was that of /srv/relay: half of its fsyncs take at most 1.9 ms, 99 of 100 at most 4.4 ms; nothing is accepted faster.",
            ]
        );
    }

    #[test]
    fn what_was_not_measured_is_not_spoken_of() {
        let mut report = example::own();
        report.relay = Which::Running {
            host: "relay.example:7443".into(),
        };
        report.paces.clear();
        report.online.rate.cpu_us = None;
        report.idle = None;
        report.disk = None;
        assert_eq!(
            sentences(&report),
            [
                "The relay at relay.example:7443, as seen from here, carries about 12,000 messages a second, each on disk before it is acknowledged."
            ]
        );
    }

    #[test]
    fn a_ladder_without_a_half_names_the_step_that_it_has() {
        let mut report = example::own();
        report.paces.remove(1);
        report.paces.remove(0);
        assert!(sentences(&report)[1].starts_with("At 90 % of that, "));
    }

    #[test]
    fn a_pace_that_was_not_kept_is_not_passed_off_as_one() {
        let mut report = example::own();
        report.paces[1].rate.per_second = 3_000.0;
        let said = sentences(&report)[1].clone();
        assert!(
            said.contains("It fell behind there: 3,000 of 6,000"),
            "{said}"
        );
    }
}
