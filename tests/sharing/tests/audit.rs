//! The operator's comparison finds what was added to a sink's file, what is missing from it, and what proves nothing. (SPEC §14)

use std::io::Cursor;
use std::time::Duration;

use partywall_test_sharing::policy::{DAY, START, wide};
use partywall_test_sharing::world::World;
use serde_json::Value;

/// A world whose sinks hold something, as one file, line by line.
async fn a_file(seed: u64) -> (World, Vec<Value>) {
    let mut world = World::begin(seed).await;
    world.opens_a_shop().await;
    world.publishes(&wide(START / DAY + 31)).await;
    world.clock.advance(Duration::from_secs(42 * DAY));
    world.start_exporter();
    for _ in 0..3 {
        world.begins(0, |_| true).await;
    }
    world.comes_to_rest().await;
    let all: Vec<u8> = world.sinks.iter().flat_map(|sink| sink.as_file()).collect();
    let text = String::from_utf8(all).expect("this world goes on");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("this world goes on"));
    let lines: Vec<Value> = lines.collect();
    assert!(lines.len() > 5);
    (world, lines)
}

/// Extra, missing and unproven in a file of these lines.
async fn found(world: &World, lines: &[Value]) -> (usize, usize, usize) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let report = world
        .plane()
        .audit(Cursor::new(text.into_bytes()))
        .await
        .expect("this world goes on");
    (
        report.extra.len(),
        report.missing.len(),
        report.unproven.len(),
    )
}

#[tokio::test]
async fn a_planted_a_missing_and_an_unproven_line_are_found_and_nothing_else() {
    let (world, lines) = a_file(41).await;
    assert_eq!(found(&world, &lines).await, (0, 0, 0));

    let without = &lines[1..];
    assert_eq!(found(&world, without).await, (0, 1, 0));

    let mut told_otherwise = lines.clone();
    told_otherwise[0]["value"] = Value::from("+4312345678");
    assert_eq!(found(&world, &told_otherwise).await.0, 1);

    let mut made_up = lines.clone();
    made_up.push(lines[0].clone());
    made_up.last_mut().expect("this world goes on")["salt"] = Value::from("00".repeat(32));
    assert_eq!(found(&world, &made_up).await, (1, 0, 0));

    let mut twice = lines.clone();
    twice.push(lines[0].clone());
    assert_eq!(found(&world, &twice).await, (1, 0, 0));

    let mut unproven = lines.clone();
    unproven.push(Value::from("nonsense"));
    assert_eq!(found(&world, &unproven).await, (0, 0, 1));

    let mut with_another_path = lines.clone();
    let mut path = lines[0]["path"]
        .as_array()
        .expect("this world goes on")
        .clone();
    path[0] = Value::from("11".repeat(32));
    with_another_path[0]["path"] = Value::from(path);
    let (extra, _missing, unproven) = found(&world, &with_another_path).await;
    assert_eq!((extra, unproven), (0, 1));
}
