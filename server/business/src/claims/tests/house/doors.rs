//! The house with a writer's thread, as doors and the exporter's socket find it.

use super::*;

impl House {
    /// The same behind a writer's thread, as doors and the exporter find it.
    pub(crate) fn into_wing(self) -> Arc<Wing> {
        let fate = Arc::new(Fate::new(|_| {}));
        let writer = Writer::spawn(self.scribe, Bounds::default(), |_| {}).unwrap();
        let wing = Arc::new(self.shared.into_wing(writer.submitter(), fate));
        // The thread ends with the process of the test.
        std::mem::drop(std::thread::spawn(move || {
            let _writer = writer;
            std::thread::park();
        }));
        wing
    }
}

pub(crate) fn operator_of(wing: &Wing) -> Operator {
    let origin = wing.settings.origin.clone();
    Operator::new(origin, wing.keys.business().public())
}

pub(crate) async fn says(wing: &Wing, customer: &Customer) {
    let conversation = customer.conversation();
    let said = wing.judge(0, move |desk| {
        saved(desk, &conversation, |desk, conversation| {
            sharing::said(desk, conversation, Observed::default())
        })
    });
    said.await.unwrap().unwrap();
}

pub(crate) async fn leaves(wing: &Wing, customer: &Customer) -> Barred {
    let conversation = customer.conversation();
    let barred = wing.judge(0, move |desk| {
        claims::bar(desk, Bar::Conversation(&conversation))
    });
    barred.await.unwrap().unwrap()
}
