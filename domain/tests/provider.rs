//! An account at a provider, given what happened, when it is asked something, then says what happens next.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::provider::{
    ProviderAccount, ProviderAccountCommand as Command, ProviderAccountEvent as Event, ProviderAccountRefusal as Refusal, ProviderSettings,
};

fn settings() -> ProviderSettings {
    let (name, endpoint) = ("Nordbank".to_owned(), "https://api.nordbank.example".to_owned());
    ProviderSettings { name, endpoint, credential: SECRET, webhook_secrets: vec![OTHER_SECRET] }
}

fn opened() -> Vec<Event> {
    vec![Event::Opened { settings: settings(), by: DORA }]
}

fn active() -> Vec<Event> {
    [opened(), vec![Event::Confirmed { by: ERIN }]].concat()
}

fn closed() -> Vec<Event> {
    [active(), vec![Event::Closed { by: DORA, reason: "moved".to_owned() }]].concat()
}

#[test]
fn who_opens_an_account_does_not_confirm_it() {
    given::<ProviderAccount>(opened()).when(Command::Confirm { by: DORA }).then_expect_error(Refusal::SelfConfirmation);
    given::<ProviderAccount>(opened()).when(Command::Confirm { by: ERIN }).then_expect_events(vec![Event::Confirmed { by: ERIN }]);
    given::<ProviderAccount>(active()).when(Command::Confirm { by: DORA }).then_expect_events(vec![]);
    given::<ProviderAccount>(closed()).when(Command::Confirm { by: ERIN }).then_expect_error(Refusal::ProviderAccountClosed);
    nothing::<ProviderAccount>().when(Command::Confirm { by: ERIN }).then_expect_error(Refusal::ProviderAccountUnknown);
}

#[test]
fn money_leaves_only_through_an_account_that_is_confirmed_and_open() {
    let usable = |events| ProviderAccount::replay(events).active().is_some();
    assert_eq!([usable(vec![]), usable(opened()), usable(active()), usable(closed())], [false, false, true, false]);
}

#[test]
fn webhook_secrets_are_replaced_without_a_gap() {
    let add = |secret| Command::AddWebhookSecret { secret, by: DORA };
    let retire = |secret| Command::RetireWebhookSecret { secret, by: DORA };
    let added = Event::WebhookSecretAdded { secret: SECRET, by: DORA };
    given::<ProviderAccount>(active()).when(retire(OTHER_SECRET)).then_expect_error(Refusal::LastWebhookSecret);
    given::<ProviderAccount>(active()).when(retire(SECRET)).then_expect_error(Refusal::WebhookSecretUnknown);
    given::<ProviderAccount>(active()).when(add(SECRET)).then_expect_events(vec![added.clone()]);
    given::<ProviderAccount>(active()).when(add(OTHER_SECRET)).then_expect_events(vec![]);
    let both = [active(), vec![added]].concat();
    let retired = vec![Event::WebhookSecretRetired { secret: OTHER_SECRET, by: DORA }];
    given::<ProviderAccount>(both).when(retire(OTHER_SECRET)).then_expect_events(retired);
}

#[test]
fn an_account_has_one_to_three_webhook_secrets_and_a_name() {
    let open = |settings| Command::Open { settings, by: DORA };
    let spoiled = |spoil: fn(&mut ProviderSettings)| {
        let mut settings = settings();
        spoil(&mut settings);
        open(settings)
    };
    nothing::<ProviderAccount>().when(open(settings())).then_expect_events(opened());
    nothing::<ProviderAccount>().when(spoiled(|s| s.name = " ".to_owned())).then_expect_error(Refusal::NameMissing);
    nothing::<ProviderAccount>().when(spoiled(|s| s.webhook_secrets.clear())).then_expect_error(Refusal::LastWebhookSecret);
    nothing::<ProviderAccount>().when(spoiled(|s| s.webhook_secrets = vec![SECRET; 4])).then_expect_error(Refusal::TooManyWebhookSecrets);
    given::<ProviderAccount>(opened()).when(open(settings())).then_expect_error(Refusal::ProviderAccountExists);
}

#[test]
fn closing_twice_is_closing_once() {
    let close = Command::Close { by: DORA, reason: "moved".to_owned() };
    given::<ProviderAccount>(active()).when(close.clone()).then_expect_events(closed()[2..].to_vec());
    given::<ProviderAccount>(closed()).when(close).then_expect_events(vec![]);
}
