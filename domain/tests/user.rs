//! A user: added with roles, given keys that can be taken back, deactivated for good.

mod fixtures;

use chrono::{DateTime, TimeDelta, Utc};
use fixtures::*;
use quittance_domain::Root;
use quittance_domain::role::Role;
use quittance_domain::user::{ApiKey, User, UserCommand, UserEvent, UserRefusal, email_key};

fn add(email: &str, roles: &[Role]) -> UserCommand {
    UserCommand::Add { email: email.to_owned(), name: "Bob".to_owned(), roles: roles.to_vec() }
}

fn added() -> Vec<UserEvent> {
    vec![UserEvent::Added { email: "bob@acme.example".to_owned(), name: "Bob".to_owned(), roles: vec![Role::Approver] }]
}

fn deactivated() -> Vec<UserEvent> {
    [added(), vec![UserEvent::Deactivated { by: DORA }]].concat()
}

fn key() -> ApiKey {
    ApiKey { key_id: KEY, prefix: "qk_live_1a2b3c4d".to_owned(), hash: "ab".repeat(32), expires_at: Some(at("2027-01-01T00:00:00Z")) }
}

fn noon() -> DateTime<Utc> {
    at("2026-11-17T12:00:00Z")
}

fn with_key() -> Vec<UserEvent> {
    [added(), vec![UserEvent::KeyIssued { key: key() }]].concat()
}

#[test]
fn a_user_is_added_once() {
    nothing::<User>().when(add("bob@acme.example", &[Role::Approver])).then_expect_events(added());
    given::<User>(added()).when(add("bob@acme.example", &[Role::Approver])).then_expect_error(UserRefusal::UserExists);
    nothing::<User>().when(add("bob@acme.example", &[])).then_expect_error(UserRefusal::NoRoles);
}

/// An address as given, and as it is kept; empty where it is refused.
#[test]
fn an_address_is_kept_in_one_spelling() {
    let table = [
        ("bob@acme.example", "bob@acme.example"),
        (" Bob@ACME.example ", "bob@acme.example"),
        ("bob", ""),
        ("@acme.example", ""),
        ("bob@", ""),
        ("bob@acme", ""),
        ("bob@acme.", ""),
        ("bob smith@acme.example", ""),
        ("", ""),
    ];
    for (given, kept) in table {
        match User::default().decide(add(given, &[Role::Viewer])) {
            Ok(events) => assert!(matches!(&events[..], [UserEvent::Added { email, .. }] if email == kept), "{given}: {events:?}"),
            Err(refusal) => assert_eq!((refusal, kept), (UserRefusal::EmailInvalid(given.trim().to_lowercase()), ""), "{given}"),
        }
    }
}

#[test]
fn an_address_is_claimed_by_one_user() {
    assert_eq!(claims(&User::default(), &added()[0]), "+user|email|bob@acme.example");
    assert_eq!(email_key(" BOB@acme.example"), email_key("bob@acme.example"));
}

#[test]
fn roles_are_a_set() {
    let change = |roles: &[Role]| UserCommand::ChangeRoles { roles: roles.to_vec(), by: DORA };
    let changed = UserEvent::RolesChanged { roles: vec![Role::ApClerk, Role::Approver], by: DORA };
    given::<User>(added()).when(change(&[Role::Approver, Role::ApClerk, Role::Approver])).then_expect_events(vec![changed]);
    given::<User>(added()).when(change(&[Role::Approver, Role::Approver])).then_expect_events(vec![]);
    given::<User>(added()).when(change(&[])).then_expect_error(UserRefusal::NoRoles);
}

#[test]
fn a_user_is_deactivated_once_and_gets_no_more_keys() {
    let deactivate = || UserCommand::Deactivate { by: DORA };
    given::<User>(added()).when(deactivate()).then_expect_events(vec![UserEvent::Deactivated { by: DORA }]);
    given::<User>(deactivated()).when(deactivate()).then_expect_events(vec![]);
    given::<User>(deactivated()).when(UserCommand::IssueKey { key: key(), at: noon() }).then_expect_error(UserRefusal::UserDeactivated);
    assert!(!User::replay(deactivated()).account().expect("added").active);
}

#[test]
fn a_key_is_issued_once() {
    let issue = || UserCommand::IssueKey { key: key(), at: noon() };
    given::<User>(added()).when(issue()).then_expect_events(vec![UserEvent::KeyIssued { key: key() }]);
    given::<User>(with_key()).when(issue()).then_expect_events(vec![]);
}

#[test]
fn a_key_that_has_ended_is_not_issued() {
    for (seconds, verdict) in [(-1, Err(UserRefusal::KeyExpired)), (0, Err(UserRefusal::KeyExpired)), (1, Ok(()))] {
        let key = ApiKey { expires_at: Some(noon() + TimeDelta::seconds(seconds)), ..key() };
        let issued = given::<User>(added()).when(UserCommand::IssueKey { key: key.clone(), at: noon() });
        match verdict {
            Ok(()) => issued.then_expect_events(vec![UserEvent::KeyIssued { key }]),
            Err(refusal) => issued.then_expect_error(refusal),
        };
    }
}

#[test]
fn a_revoked_key_is_gone() {
    let revoke = || UserCommand::RevokeKey { key_id: KEY, by: DORA };
    let revoked = UserEvent::KeyRevoked { key_id: KEY, by: DORA };
    given::<User>(with_key()).when(revoke()).then_expect_events(vec![revoked.clone()]);
    given::<User>(with_key()).and(vec![revoked.clone()]).when(revoke()).then_expect_error(UserRefusal::KeyUnknown);
    given::<User>(added()).when(revoke()).then_expect_error(UserRefusal::KeyUnknown);
    assert_eq!(User::replay([with_key(), vec![revoked]].concat()).account().expect("added").keys, []);
}

#[test]
fn who_was_never_added_is_unknown() {
    let commands = [
        UserCommand::ChangeRoles { roles: vec![Role::Viewer], by: DORA },
        UserCommand::Deactivate { by: DORA },
        UserCommand::IssueKey { key: key(), at: noon() },
        UserCommand::RevokeKey { key_id: KEY, by: DORA },
    ];
    for command in commands {
        nothing::<User>().when(command).then_expect_error(UserRefusal::UserUnknown);
    }
    assert_eq!(User::default().account().expect_err("no account"), UserRefusal::UserUnknown);
}

#[test]
fn a_key_is_a_unique_fact_as_long_as_it_opens_anything() {
    let fact = format!("api-key|{}", "ab".repeat(32));
    assert_eq!(claims(&User::replay(added()), &UserEvent::KeyIssued { key: key() }), format!("+{fact}"));
    let user = User::replay(with_key());
    assert_eq!(claims(&user, &UserEvent::KeyRevoked { key_id: KEY, by: DORA }), format!("-{fact}"));
    assert_eq!(claims(&user, &UserEvent::Deactivated { by: DORA }), format!("-{fact}"));
    let revoked = User::replay([with_key(), vec![UserEvent::KeyRevoked { key_id: KEY, by: DORA }]].concat());
    assert_eq!(claims(&revoked, &UserEvent::Deactivated { by: DORA }), "");
}

#[test]
fn a_key_comes_from_who_may_as_much_where_there_is_none() {
    let account = |events: Vec<UserEvent>| User::replay(events).account().expect("added").clone();
    let (before, after) = (at("2026-12-31T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    let (none, one) = (account(added()), account(with_key()));
    assert_eq!(none.takes_key_from(DORA, &[Role::Admin], before), Ok(()));
    assert_eq!(none.takes_key_from(DORA, &[Role::ApClerk, Role::Approver], before), Err(UserRefusal::RightsLacking));
    assert_eq!(one.takes_key_from(DORA, &[Role::Owner], before), Err(UserRefusal::KeyInForce));
    assert_eq!(one.takes_key_from(DORA, &[Role::Owner], after), Ok(()), "it has expired");
    let revoked = account([with_key(), vec![UserEvent::KeyRevoked { key_id: KEY, by: DORA }]].concat());
    assert_eq!(revoked.takes_key_from(DORA, &[Role::Owner], before), Err(UserRefusal::KeyRevoker));
    assert_eq!(revoked.takes_key_from(CARL, &[Role::Owner], before), Ok(()));
}

#[test]
fn only_an_owner_ends_an_owner() {
    let owner = UserEvent::Added { email: "olga@acme.example".to_owned(), name: "Olga".to_owned(), roles: vec![Role::Owner] };
    let olga = User::replay([owner.clone()]).account().expect("added").clone();
    assert_eq!(olga.may_leave(&[Role::Admin]), Err(UserRefusal::OwnerLeft));
    assert_eq!(olga.takes_roles_from(&[Role::Viewer], &[Role::Admin]), Err(UserRefusal::OwnerLeft));
    assert_eq!(olga.takes_roles_from(&[Role::Owner, Role::Viewer], &[Role::Admin]), Ok(()));
    assert_eq!((olga.may_leave(&[Role::Owner]), olga.takes_roles_from(&[Role::Viewer], &[Role::Owner])), (Ok(()), Ok(())));
    let left = User::replay([owner, UserEvent::Deactivated { by: DORA }]).account().expect("added").clone();
    assert_eq!(left.may_leave(&[Role::Admin]), Ok(()), "she is gone already");
}
