//! How many calls begin and run at a time: HTTP-34. In memory and with a paused clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use spar_http::{Client, ErrorKind, Pace, Timeouts};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::peer::{OK, Script, always_ok, in_memory, post, script};

/// Answers after a while, and notes how many wait for it at most.
fn slow(answer_after: Duration, most: &Arc<AtomicUsize>) -> Script {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::clone(most));
    script(move |mut peer| {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        async move {
            while peer.request().await.is_some() {
                most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                sleep(answer_after).await;
                running.fetch_sub(1, SeqCst);
                peer.send(OK).await;
            }
        }
    })
}

/// Posts in parallel, through clones, and says when each had its answer, in milliseconds.
async fn post_all(client: &Client, calls: usize) -> Vec<u128> {
    let started = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..calls {
        let client = client.clone();
        running.spawn(async move {
            post(&client).await.expect("answer");
            started.elapsed().as_millis()
        });
    }
    let mut ends = running.join_all().await;
    ends.sort_unstable();
    ends
}

#[tokio::test(start_paused = true)]
async fn calls_run_a_few_at_a_time() {
    for (max, expected) in [(None, 10), (Some(1), 1), (Some(4), 4), (Some(10), 10), (Some(99), 10)]
    {
        let most = Arc::default();
        let (builder, counts) = in_memory(slow(Duration::from_secs(50), &most));
        let pace = max.map_or_else(Pace::default, |max| Pace::default().with_max_concurrent(max));
        let client = builder.pace(pace).build().expect("client");
        // One by one it takes longer than a call may: waiting for one's turn does not count.
        post_all(&client, 10).await;
        assert_eq!(most.load(SeqCst), expected, "{max:?}");
        assert_eq!(counts.requests(), 10, "{max:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_begin_evenly_spaced() {
    let rows: [(Option<u32>, &[u128]); 4] = [
        (None, &[0, 0, 0, 0, 0]),
        (Some(1), &[0, 1000, 2000, 3000, 4000]),
        (Some(4), &[0, 250, 500, 750, 1000]),
        (Some(1000), &[0, 1, 2, 3, 4]),
    ];
    for (max, expected) in rows {
        let (builder, _) = in_memory(always_ok());
        let pace = max.map_or_else(Pace::default, |max| Pace::default().with_max_per_second(max));
        let client = builder.pace(pace).build().expect("client");
        assert_eq!(post_all(&client, 5).await, expected, "{max:?}");
        // After a pause the next begins at once, and no turns have been saved up.
        sleep(Duration::from_secs(10)).await;
        assert_eq!(post_all(&client, 5).await, expected, "{max:?}");
    }
}

// HTTP-18: who gives up waiting takes nobody's turn, and has sent nothing.
#[tokio::test(start_paused = true)]
async fn calls_that_give_up_take_no_turn() {
    let (builder, counts) = in_memory(slow(Duration::from_millis(10), &Arc::default()));
    let pace = Pace::default().with_max_per_second(1).with_max_concurrent(1);
    let client = builder.pace(pace).build().expect("client");
    post(&client).await.expect("answer");
    for _ in 0..5 {
        let waiting = tokio::time::timeout(Duration::from_millis(100), post(&client));
        assert!(waiting.await.is_err());
    }
    assert_eq!(counts.requests(), 1);
    let started = Instant::now();
    post(&client).await.expect("answer");
    assert!(started.elapsed() <= Duration::from_millis(510));
    assert_eq!(counts.requests(), 2);
}

// The duration of the exchange is that without the wait, and a failed call gives its place back.
#[tokio::test(start_paused = true)]
async fn places_are_given_back() {
    let (builder, _) = in_memory(script(|mut peer| async move {
        peer.request().await;
        peer.stall().await;
    }));
    let timeouts = Timeouts::default().with_first_byte(Duration::from_secs(5));
    let pace = Pace::default().with_max_concurrent(1);
    let client = builder.timeouts(timeouts).pace(pace).build().expect("client");
    let started = Instant::now();
    for _ in 0..3 {
        post(&client).await.expect_err("timeout");
    }
    assert_eq!(started.elapsed().as_secs(), 15);
}

#[test]
fn paces_of_zero_are_refused() {
    let pace = Pace::default();
    for pace in [pace.with_max_concurrent(0), pace.with_max_per_second(0)] {
        let (builder, _) = in_memory(always_ok());
        let error = builder.pace(pace).build().expect_err("zero");
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}
