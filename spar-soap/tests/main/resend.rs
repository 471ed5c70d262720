//! HTTP-26: searches are made again for those alone who ask for it, and every attempt is told.

use std::time::Duration;

use spar_soap::transport::{BoxFuture, BoxedStream, ConnectError, Connector, ErrorKind, Target};
use spar_soap::{Resend, Sent, Version};
use tokio::time::Instant;

use crate::canned::{Canned, answer};
use crate::outcomes::{MARKER, post, svar};
use crate::{client_over, fraga, user};

fn hit() -> Vec<u8> {
    answer(200, "text/xml", &svar(&post("198111309285")))
}

fn waiting(status: u16, seconds: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nRetry-After: {seconds}\r\nContent-Length: 0\r\n\r\n").into()
}

/// What came of it: `hit` or the error's kind, what was sent, attempts, and seconds.
async fn outcome(answers: Vec<Vec<u8>>, resend: Option<Resend>) -> (String, u32, u64) {
    let server = Canned::in_turn(answers);
    let mut client = client_over(server.clone(), Version::V2023_1);
    if let Some(resend) = resend {
        client = client.with_resend(resend);
    }
    let started = Instant::now();
    let result = client.personsok(&user(), fraga()).await;
    let (text, attempts) = match &result {
        Ok(svar) => (svar.meta.outcome.to_string(), svar.meta.attempts),
        Err(error) => (format!("{:?} {:?}", error.kind(), error.sent()), error.meta().attempts),
    };
    // What the caller is told is what the server has seen.
    assert_eq!(server.requests().len(), attempts as usize, "{text}");
    (text, attempts, started.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn searches_are_made_again_only_if_asked_for() {
    async fn check(answers: &[Vec<u8>], times: Option<u32>, expected: (&str, u32, u64)) {
        let found = outcome(answers.to_vec(), times.map(Resend::at_most)).await;
        assert_eq!((found.0.as_str(), found.1, found.2), expected, "{times:?}");
    }
    let (nothing, cut) = (Vec::new(), hit()[..300].to_vec());
    let closed = answer(503, "text/html", MARKER);

    // By default never, whatever may go better in a moment.
    check(&[nothing.clone(), hit()], None, ("Transport(Disconnected) Unknown", 1, 0)).await;
    check(&[cut.clone(), hit()], None, ("Transport(Truncated) Yes", 1, 0)).await;
    check(&[closed.clone(), hit()], None, ("Status(503) Yes", 1, 0)).await;
    check(&[waiting(429, "1"), hit()], None, ("Status(429) Yes", 1, 0)).await;

    // As often as asked for, with pauses that grow.
    check(&[nothing.clone(), hit()], Some(1), ("hit", 2, 1)).await;
    check(&[cut.clone(), hit()], Some(1), ("hit", 2, 1)).await;
    let thrice = [closed.clone(), nothing.clone(), cut.clone(), hit()];
    check(&thrice, Some(3), ("hit", 4, 1 + 2 + 4)).await;
    check(&thrice, Some(2), ("Transport(Truncated) Yes", 3, 1 + 2)).await;
    check(&[hit()], Some(3), ("hit", 1, 0)).await;
    // What one attempt did is not undone by the next.
    check(&[cut.clone(), nothing.clone()], Some(1), ("Transport(Disconnected) Yes", 2, 1)).await;

    // The server's wish, within bounds.
    check(&[waiting(429, "7"), hit()], Some(1), ("hit", 2, 7)).await;
    check(&[waiting(503, "0"), hit()], Some(1), ("hit", 2, 1)).await;
    check(&[waiting(503, "61"), hit()], Some(1), ("Status(503) Yes", 1, 0)).await;
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    check(&[waiting(503, date), hit()], Some(1), ("Status(503) Yes", 1, 0)).await;

    // What would come again is not asked for again.
    let fault = answer(500, "text/xml", &spar_soap::envelope::fault("Server", MARKER));
    check(&[fault, hit()], Some(3), ("Fault Yes", 1, 0)).await;
    check(&[answer(500, "text/html", MARKER), hit()], Some(3), ("Status(500) Yes", 1, 0)).await;
    check(&[answer(403, "text/html", MARKER), hit()], Some(3), ("Status(403) Yes", 1, 0)).await;
    check(&[answer(200, "text/xml", "<a>"), hit()], Some(3), ("Xml Yes", 1, 0)).await;
    check(&[answer(200, "text/xml", &svar("")), hit()], Some(3), ("no_hit", 1, 0)).await;
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_did_not_leave_does_not_hide_an_earlier_one() {
    /// Hands out one connection, and then none.
    struct OnceOnly(Canned, std::sync::atomic::AtomicBool);
    impl Connector for OnceOnly {
        fn connect(&self, target: &Target) -> BoxFuture<Result<BoxedStream, ConnectError>> {
            if self.1.swap(true, std::sync::atomic::Ordering::SeqCst) {
                return Box::pin(async { Err(ConnectError::new(ErrorKind::Connect)) });
            }
            self.0.connect(target)
        }
    }
    let connector = OnceOnly(Canned::in_turn(vec![Vec::new()]), false.into());
    let client = client_over(connector, Version::V2023_1)
        .with_resend(Resend::at_most(5).with_pause(Duration::from_millis(1)));
    let error = client.personsok(&user(), fraga()).await.unwrap_err();
    assert_eq!(error.kind(), spar_soap::ErrorKind::Transport(ErrorKind::Connect));
    assert_eq!((error.sent(), error.meta().attempts), (Sent::Unknown, 2));
}
