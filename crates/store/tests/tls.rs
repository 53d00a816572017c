//! PostgreSQL over TLS: the server has to prove who it is.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use store::{Store, StoreError};
use testkit::Cluster;

/// An authority, and the PEM of a certificate for `host` with its key.
fn authority(host: &str) -> (String, String, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![host.to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    (authority.pem(), leaf.pem(), key.serialize_pem())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_proves_who_it_is() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let plain = cluster.database("tls");
    let encrypted = format!("{plain}?sslmode=require");
    let refused = Store::open(&encrypted, true).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "it does not speak TLS yet"
    );

    let (root, certificate, key) = authority("127.0.0.1");
    cluster.encrypt(&certificate, &key);
    let directory = tempfile::tempdir().unwrap();
    let (known, stranger) = (
        directory.path().join("a.pem"),
        directory.path().join("b.pem"),
    );
    std::fs::write(&known, root).unwrap();
    std::fs::write(&stranger, authority("127.0.0.1").0).unwrap();

    let by = |file: &std::path::Path| format!("{encrypted}&sslrootcert={}", file.display());
    let store = Store::open(&by(&known), true).await.unwrap();
    store.ping().await.unwrap();
    assert!(Store::open(&by(&stranger), true).await.is_err());
    assert!(
        Store::open(&encrypted, true).await.is_err(),
        "no authority that the system trusts"
    );
    let other_name = by(&known).replace("127.0.0.1", "localhost");
    assert!(
        Store::open(&other_name, true).await.is_err(),
        "of another host"
    );
    Store::open(&plain, true).await.unwrap();
}
