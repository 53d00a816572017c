//! Clients, and what they are given.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::catalog::Object;
use domain::decide::{
    Command, DeleteObject, EditUser, GrantCode, IssueToken, Minted, NewToken, Redeem, Refresh,
    RegisterClient, RevokeToken, TokenKind, Unfit,
};
use domain::ids::UserId;
use domain::people::{Actor, Client, Door, Scopes, UserState};
use jiff::SignedDuration;
use store::{Executed, Store};
use tokio::task::JoinSet;

use crate::common::{House, actor, envelope, minute, person, run};

const CALLBACK: &str = "https://app.example/cb";

fn hash(number: u64) -> [u8; 32] {
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&number.to_le_bytes());
    hash
}

fn client(door: Door, user: UserId) -> Client {
    Client {
        name: "App".into(),
        door,
        client_id: format!("app at {}", door.name()),
        secret_hash: Some("00".into()),
        redirect_uris: vec![CALLBACK.into()],
        scopes: Client::scopes_of(door).iter().collect(),
        user,
        trusted: false,
        unlimited: false,
    }
}

/// Somebody who is logged in, and a client of Spacebring's door.
struct Scene {
    house: House,
    owner: Actor,
    client: Arc<Object<Client>>,
    session: [u8; 32],
}

impl Scene {
    async fn build(house: House) -> Self {
        let owner = house.run(person("owner")).await.unwrap();
        let owner = actor(house.organisation, owner);
        let keeper = house.run(person("keeper")).await.unwrap();
        let registered = RegisterClient(client(Door::Spacebring, UserId(keeper.id)));
        let client = Arc::new(house.run(registered).await.unwrap());
        let session = hash(0);
        let mut scene = Self {
            house,
            owner,
            client,
            session,
        };
        let token = NewToken {
            user: scene.owner.id(),
            kind: TokenKind::Session,
            door: Door::Web,
            name: "log-in".into(),
            hash: session,
            scopes: Scopes::ALL,
            expires_at: None,
            idle: None,
            unlimited: false,
        };
        let id = run(&scene.house.store, &scene.owner, IssueToken(token)).await;
        scene.owner.token = Some(id.unwrap());
        scene
    }

    fn code(&self, number: u64) -> GrantCode {
        GrantCode {
            client: self.client.clone(),
            redirect_uri: CALLBACK.into(),
            challenge: None,
            scopes: self.client.allowed(),
            words: "resources".into(),
            hash: hash(number),
        }
    }

    async fn redeem(&self, code: u64, minted: (u64, u64)) -> Option<Redeem> {
        let store = &self.house.store;
        let row = store.token_by_hash(&hash(code)).await.unwrap()?;
        Some(Redeem {
            client: self.client.clone(),
            code: row.id,
            owner: row.user,
            redirect_uri: None,
            verifier: None,
            minted: Minted {
                access: hash(minted.0),
                refresh: hash(minted.1),
            },
        })
    }

    async fn refresh(&self, token: u64, minted: (u64, u64)) -> Option<Refresh> {
        let store = &self.house.store;
        let row = store.token_by_hash(&hash(token)).await.unwrap()?;
        Some(Refresh {
            client: self.client.clone(),
            refresh: row.id,
            owner: row.user,
            narrowed: None,
            minted: Minted {
                access: hash(minted.0),
                refresh: hash(minted.1),
            },
        })
    }

    async fn is_there(&self, number: u64) -> bool {
        let found = self.house.store.token_by_hash(&hash(number)).await;
        found.unwrap().is_some()
    }
}

/// What comes of a command so many minutes later.
async fn later<T: Send + 'static, C: Command<Outcome = Result<T, Unfit>>>(
    store: &Store,
    actor: &Actor,
    minutes: i64,
    command: C,
) -> Result<T, Unfit> {
    let mut envelope = envelope(actor);
    envelope.context.now = minute(0) + SignedDuration::from_mins(minutes);
    match store.execute(command, envelope).await.unwrap() {
        Executed::Fresh(outcome, _) => outcome.unwrap(),
        _ => panic!("no key was used"),
    }
}

pub async fn one_of_sixteen_redeems_a_code_and_all_of_it_ends(house: House) {
    let scene = Scene::build(house).await;
    let store = &scene.house.store;
    let other = if scene.house.place.is_postgres() {
        Arc::new(scene.house.place.open().await)
    } else {
        store.clone()
    };
    let servers = [store.clone(), other];
    // The first rounds find few connections open, and hardly meet.
    for round in 1..=12 {
        let code = round * 1000;
        let granted = run(store, &scene.owner, scene.code(code)).await;
        granted.unwrap().unwrap();
        let mut wanted = Vec::new();
        for task in 0..16 {
            let minted = (code + 100 + task, code + 200 + task);
            wanted.push(scene.redeem(code, minted).await.unwrap());
        }
        let mut tasks = JoinSet::new();
        for (task, redeem) in wanted.into_iter().enumerate() {
            let (server, owner) = (servers[task % 2].clone(), scene.owner.clone());
            tasks.spawn(async move { run(&server, &owner, redeem).await.unwrap() });
        }
        let outcomes = tasks.join_all().await;
        let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(won, 1);
        assert!(outcomes.contains(&Err(Unfit::Grant)));
        for number in (100..116).chain(200..216).chain([0]) {
            assert!(!scene.is_there(code + number).await, "{number}");
        }
    }
    assert!(scene.is_there(0).await, "the log-in stays");
}

pub async fn what_a_client_was_given_ends_with_it_and_with_people(house: House) {
    let scene = Scene::build(house).await;
    let (store, owner) = (&scene.house.store, &scene.owner);
    let mut number = 1;
    for ending in ["password", "keeper", "owner", "client"] {
        let granted = run(store, owner, scene.code(number)).await.unwrap();
        granted.unwrap();
        let redeem = scene.redeem(number, (number + 1, number + 2)).await;
        let redeemed = run(store, owner, redeem.unwrap()).await.unwrap();
        redeemed.unwrap();
        run(store, owner, scene.code(number + 3))
            .await
            .unwrap()
            .unwrap();
        let (mine, keeper) = (owner.id(), scene.client.user);
        let set = |state| move |user: &mut domain::people::User| user.state = state;
        let change = |id, state| {
            EditUser::new(id, move |user, _| {
                set(state)(user);
                Ok(())
            })
        };
        let run_as_admin = async |edit: EditUser| {
            scene.house.run(edit).await.unwrap();
        };
        match ending {
            "password" => run_as_admin(EditUser::password(mine, "$hash".into())).await,
            "keeper" => {
                run_as_admin(change(keeper, UserState::Inactive)).await;
                let refused = run(store, owner, scene.code(99)).await.unwrap();
                assert_eq!(refused, Err(Unfit::Client));
                run_as_admin(change(keeper, UserState::Active)).await;
            }
            "owner" => {
                run_as_admin(change(mine, UserState::Inactive)).await;
                run_as_admin(change(mine, UserState::Active)).await;
            }
            _ => {
                let delete = DeleteObject::<Client>::new(scene.client.id, None);
                scene.house.run(delete).await.unwrap();
                let refused = run(store, owner, scene.code(98)).await.unwrap();
                assert_eq!(refused, Err(Unfit::Client));
            }
        }
        for gone in number..number + 4 {
            assert!(!scene.is_there(gone).await, "{ending} {gone}");
        }
        if ending != "keeper" && ending != "client" {
            // The log-in went too: another one takes its place, under the same number.
            assert!(!scene.is_there(0).await);
            let refused = run(store, owner, scene.code(97)).await.unwrap();
            assert_eq!(refused, Err(Unfit::Grant));
            return_log_in(&scene).await;
        }
        number += 10;
    }
}

/// Puts the row of the log-in back, as it was.
async fn return_log_in(scene: &Scene) {
    let place = &scene.house.place;
    let (id, user) = (scene.owner.token.unwrap().0, scene.owner.id().0);
    let organisation = scene.house.organisation.0;
    if let Some(path) = place.address.strip_prefix("sqlite:") {
        let connection = rusqlite::Connection::open(path).unwrap();
        let sql = "INSERT INTO token (id, organisation, user, kind, name, hash, scopes, created_at, unlimited, door)
                   VALUES (?1, ?2, ?3, 'session', 'log-in', ?4, '', 0, 0, 'web')";
        let values = rusqlite::params![id, organisation, user, scene.session];
        connection.execute(sql, values).unwrap();
    } else {
        let sql = "INSERT INTO token (id, organisation, person, kind, name, hash, scopes, created_at, unlimited, door)
                   VALUES ($1, $2, $3, 'session', 'log-in', $4, '', 0, false, 'web')";
        let session = scene.session.to_vec();
        let client = place.client().await;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&id, &organisation, &user, &session];
        client.execute(sql, &values).await.unwrap();
    }
}

/// A secret in a history: the family it is of, and whether it was used.
#[derive(Clone, Copy, Debug)]
struct Known {
    family: u64,
    kind: TokenKind,
    spent: bool,
    until: i64,
}

/// Numbers that look random, the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

/// However codes are redeemed, tokens renewed and revoked, in whatever order and how often: what is granted is what a small
/// model grants, and nothing of a family that has ended is there any more.
pub async fn no_history_leaves_a_token_of_an_ended_family(house: House) {
    let scene = Scene::build(house).await;
    let (store, owner) = (&scene.house.store, &scene.owner);
    let mut dice = Dice(42);
    let mut known: BTreeMap<u64, Known> = BTreeMap::new();
    let mut ended: Vec<u64> = Vec::new();
    let (mut next, mut now) = (1, 0);
    for step in 0..400 {
        let picked = known.keys().copied();
        let picked = picked
            .clone()
            .nth(usize::try_from(dice.roll(known.len().max(1) as u64)).unwrap());
        match dice.roll(6) {
            0 => {
                later(store, owner, now, scene.code(next)).await.unwrap();
                let code = Known {
                    family: next,
                    kind: TokenKind::Code,
                    spent: false,
                    until: now + 2,
                };
                known.insert(next, code);
                next += 1;
            }
            1..=3 => {
                let Some(number) = picked else { continue };
                let one = known[&number];
                let minted = (next, next + 1);
                let outcome = match one.kind {
                    TokenKind::Code => match scene.redeem(number, minted).await {
                        Some(redeem) => later(store, owner, now, redeem).await,
                        None => Err(Unfit::Grant),
                    },
                    _ => match scene.refresh(number, minted).await {
                        Some(refresh) => later(store, owner, now, refresh).await,
                        None => Err(Unfit::Grant),
                    },
                };
                let gone = ended.contains(&one.family);
                let good = one.kind != TokenKind::Access && !gone && !one.spent && now < one.until;
                assert_eq!(outcome.is_ok(), good, "{step}: {one:?} at {now}");
                if good {
                    known.get_mut(&number).unwrap().spent = true;
                    for (number, kind, lasts) in [
                        (next, TokenKind::Access, 60),
                        (next + 1, TokenKind::Refresh, 30 * 24 * 60),
                    ] {
                        let token = Known {
                            family: one.family,
                            kind,
                            spent: false,
                            until: now + lasts,
                        };
                        known.insert(number, token);
                    }
                    next += 2;
                } else if one.spent && !gone {
                    ended.push(one.family);
                }
            }
            4 => {
                let Some(number) = picked else { continue };
                let row = store.token_by_hash(&hash(number)).await.unwrap();
                if let Some(row) = row {
                    let revoke = RevokeToken {
                        id: row.id,
                        owner: row.user,
                    };
                    run(store, owner, revoke).await.unwrap();
                    ended.push(known[&number].family);
                }
            }
            _ => now += i64::try_from(dice.roll(3)).unwrap(),
        }
        for (number, one) in &known {
            let there = scene.is_there(*number).await;
            assert!(!there || !ended.contains(&one.family), "{step}: {one:?}");
        }
    }
    assert!(ended.len() > 10, "{}", ended.len());
}
