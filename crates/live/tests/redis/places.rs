//! Redis in the shapes in which operators run it: a master that Sentinel watches, a cluster, behind a password, by TLS.

use super::support::{Server, free_port};
use super::{connect_to, gap, hears, listen, version, write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use visavis_live::{
    BadRedis, Key, Live, LiveError, RedisAddress, RedisLive, RedisMode, TopicName, Version, contract,
};

/// Longer than what is waited for takes; only a defect waits for it.
const PATIENCE: Duration = Duration::from_secs(120);

/// A Sentinel that was kept waiting for two seconds, as by a busy disk, decides nothing for half a minute, and it lets
/// who comes back be for eight seconds from the last time it was missed. What is tested are our connections, so it
/// is neither that careful nor that patient here.
const HASTY: [&str; 10] = [
    "SENTINEL",
    "DEBUG",
    "tilt-trigger",
    "60000",
    "tilt-period",
    "1000",
    "info-period",
    "500",
    "publish-period",
    "250",
];

/// One command, as an operator would give it.
async fn tell<T: redis::FromRedisValue>(server: &Server, words: &[&str]) -> redis::RedisResult<T> {
    let client = redis::Client::open(format!("redis://{}", server.host()))?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let mut command = redis::cmd(words[0]);
    for word in &words[1..] {
        command.arg(*word);
    }
    command.query_async(&mut connection).await
}

async fn until(what: &str, done: impl AsyncFn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done().await {
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn keeps_the_contract(address: &str) {
    let installations = AtomicUsize::new(0);
    contract::all(|| async {
        let installation = format!("fresh-{}", installations.fetch_add(1, Ordering::Relaxed));
        let pair: contract::Pair = (
            Arc::new(connect_to(address, &installation).await),
            Arc::new(connect_to(address, &installation).await),
        );
        pair
    })
    .await;
}

/// A master, a replica, and a Sentinel that watches them.
struct Watched {
    master: Server,
    replica: Server,
    sentinel: Server,
}

impl Watched {
    async fn start() -> Option<Self> {
        let master = Server::on_port("port PORT\n")?;
        let replica = Server::on_port(&format!("port PORT\nreplicaof 127.0.0.1 {}\n", master.port()))?;
        let sentinel = Server::sentinel(&format!(
            "port PORT\nsentinel monitor main 127.0.0.1 {} 1\nsentinel down-after-milliseconds main 2000\n\
             sentinel failover-timeout main 3000\n",
            master.port()
        ));
        let watched = Self { master, replica, sentinel };
        tell::<()>(&watched.sentinel, &HASTY).await.unwrap();
        until("the Sentinel knows the replica, and it is in step", async || {
            let known: Vec<redis::Value> =
                tell(&watched.sentinel, &["SENTINEL", "REPLICAS", "main"]).await.unwrap();
            let info: redis::InfoDict = tell(&watched.replica, &["INFO", "replication"]).await.unwrap();
            !known.is_empty() && info.get::<String>("master_link_status").as_deref() == Some("up")
        })
        .await;
        Some(watched)
    }

    /// The first Sentinel of the list is away, as one may be.
    fn address(&self) -> String {
        format!("redis+sentinel://127.0.0.1:{},{}/main", free_port(), self.sentinel.host())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sentinel_says_where_the_master_is_now() {
    let Some(mut watched) = Watched::start().await else { return };
    let address = watched.address();
    keeps_the_contract(&address).await;
    let (a, b) = (connect_to(&address, "x").await, connect_to(&address, "x").await);
    assert_eq!(a.describe().await.unwrap().mode, RedisMode::Sentinel);
    let (key, topic) = (Key::room("kept"), TopicName::new("told"));
    let mut ears = [listen(&a, &topic).await, listen(&b, &topic).await];
    let kept = a.commit(write(&key, Version::ABSENT, "kept")).await.unwrap()[0];
    until("the replica has it", async || {
        let answer: redis::Value =
            tell(&watched.replica, &["HGET", "{visavis:x}:doc:room:kept", "b"]).await.unwrap();
        answer == redis::Value::BulkString(b"kept".to_vec())
    })
    .await;
    watched.master.stop();
    let refused = a.commit(write(&key, kept, "refused")).await;
    assert_eq!(refused, Err(LiveError::Unavailable), "nobody else is the master yet");
    until("the replica is the master", async || version(&b, &key).await == Ok(kept)).await;
    for ear in &mut ears {
        gap(ear).await;
        hears(ear, &a, &topic).await;
    }
    let next = a.commit(write(&key, kept, "next")).await.unwrap()[0];
    assert!(next > kept);
    // The old one comes back and is made a replica of the new one: nothing changes for anybody.
    watched.master.resume();
    until("the old one follows", async || {
        // Being made a replica cuts everybody off.
        let info = tell::<redis::InfoDict>(&watched.master, &["INFO", "replication"]).await;
        info.is_ok_and(|info| info.get::<String>("master_link_status").as_deref() == Some("up"))
    })
    .await;
    assert_eq!(version(&b, &key).await, Ok(next));
    assert_eq!(version(&connect_to(&address, "x").await, &key).await, Ok(next));
    let unknown = RedisAddress::parse(&address.replace("/main", "/other")).unwrap();
    assert!(matches!(RedisLive::connect(unknown, "x").await, Err(BadRedis::Away(_))));
}

/// Three nodes that share the slots; none has a replica.
struct Cluster {
    nodes: Vec<Server>,
}

const THIRDS: [(u16, u16); 3] = [(0, 5_460), (5_461, 10_922), (10_923, 16_383)];

impl Cluster {
    async fn start() -> Option<Self> {
        let mut nodes = Vec::new();
        for (first, last) in THIRDS {
            let bus = free_port();
            let node = Server::on_port(&format!(
                "port PORT\ncluster-enabled yes\ncluster-port {bus}\ncluster-node-timeout 2000\n"
            ))?;
            let slots = [first.to_string(), last.to_string()];
            tell::<()>(&node, &["CLUSTER", "ADDSLOTSRANGE", &slots[0], &slots[1]]).await.unwrap();
            nodes.push((node, bus.to_string()));
        }
        for (epoch, (node, _)) in nodes.iter().enumerate() {
            tell::<()>(node, &["CLUSTER", "SET-CONFIG-EPOCH", &(epoch + 1).to_string()]).await.unwrap();
            for (other, bus) in &nodes {
                let port = other.port().to_string();
                tell::<()>(node, &["CLUSTER", "MEET", "127.0.0.1", &port, bus]).await.unwrap();
            }
        }
        let cluster = Self { nodes: nodes.into_iter().map(|(node, _)| node).collect() };
        for node in &cluster.nodes {
            until("all slots are served", async || {
                let state: String = tell(node, &["CLUSTER", "INFO"]).await.unwrap();
                state.contains("cluster_state:ok") && state.contains("cluster_known_nodes:3")
            })
            .await;
        }
        Some(cluster)
    }

    /// The first two nodes; each is enough. They call each other otherwise than we call the first.
    fn address(&self) -> String {
        format!("redis+cluster://localhost:{},{}", self.nodes[0].port(), self.nodes[1].host())
    }

    /// Which node has this slot.
    fn owner(slot: u16) -> usize {
        THIRDS.iter().position(|(first, last)| (*first..=*last).contains(&slot)).unwrap()
    }

    /// Moves a slot with all that is in it; where it goes.
    async fn move_slot(&self, slot: u16) -> &Server {
        let (from, to) = (&self.nodes[Self::owner(slot)], &self.nodes[(Self::owner(slot) + 1) % 3]);
        let number = slot.to_string();
        let ids = [tell::<String>(from, &["CLUSTER", "MYID"]).await, tell(to, &["CLUSTER", "MYID"]).await];
        let [from_id, to_id] = ids.map(Result::unwrap);
        tell::<()>(to, &["CLUSTER", "SETSLOT", &number, "IMPORTING", &from_id]).await.unwrap();
        tell::<()>(from, &["CLUSTER", "SETSLOT", &number, "MIGRATING", &to_id]).await.unwrap();
        let keys: Vec<String> = tell(from, &["CLUSTER", "GETKEYSINSLOT", &number, "1000"]).await.unwrap();
        assert!(!keys.is_empty());
        let port = to.port().to_string();
        let mut migrate = vec!["MIGRATE", "127.0.0.1", &port, "", "0", "5000", "KEYS"];
        migrate.extend(keys.iter().map(String::as_str));
        tell::<()>(from, &migrate).await.unwrap();
        for node in [to, from] {
            tell::<()>(node, &["CLUSTER", "SETSLOT", &number, "NODE", &to_id]).await.unwrap();
        }
        to
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_a_cluster_the_node_that_has_everything_is_found() {
    let Some(cluster) = Cluster::start().await else { return };
    // Each check has an installation of its own, so they lie on all nodes.
    keeps_the_contract(&cluster.address()).await;
    let slot: u16 = tell(&cluster.nodes[0], &["CLUSTER", "KEYSLOT", "{visavis:x}:version"]).await.unwrap();
    let (a, b) = (connect_to(&cluster.address(), "x").await, connect_to(&cluster.address(), "x").await);
    assert_eq!(a.describe().await.unwrap().mode, RedisMode::Cluster);
    let (key, topic) = (Key::room("kept"), TopicName::new("told"));
    let mut ears = [listen(&a, &topic).await, listen(&b, &topic).await];
    let kept = a.commit(write(&key, Version::ABSENT, "kept")).await.unwrap()[0];
    let owner = &cluster.nodes[Cluster::owner(slot)];
    let direct = RedisAddress::parse(&format!("redis://{}", owner.host())).unwrap();
    assert_eq!(version(&RedisLive::connect(direct, "x").await.unwrap(), &key).await, Ok(kept));
    let other = cluster.nodes.iter().find(|node| node.port() != owner.port()).unwrap();
    let wrong = RedisAddress::parse(&format!("redis://{}", other.host())).unwrap();
    let refused = RedisLive::connect(wrong, "x").await.map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("MOVED"), "{refused}");

    let moved_to = cluster.move_slot(slot).await;
    for (ear, live) in ears.iter_mut().zip([&b, &a]) {
        gap(ear).await;
        hears(ear, live, &topic).await;
    }
    until("it is found where it is now", async || version(&a, &key).await == Ok(kept)).await;
    let next = b.commit(write(&key, kept, "next")).await.unwrap()[0];
    let stored: String = tell(moved_to, &["HGET", "{visavis:x}:doc:room:kept", "v"]).await.unwrap();
    assert_eq!(stored, next.0.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_user_with_few_rights_is_enough() {
    let Some(server) = Server::on_port(
        "port PORT\nuser default off\nuser visavis on >a,b@c ~{visavis:* &{visavis:* +@all -@admin -@dangerous +info +cluster|myid\n",
    ) else {
        return;
    };
    let address = |login: &str| format!("redis://{login}{}", server.host());
    keeps_the_contract(&address("visavis:a%2Cb%40c@")).await;
    connect_to(&address("visavis:a%2Cb%40c@"), "x").await.describe().await.unwrap();
    for (login, why) in [("", "NOAUTH"), ("visavis:wrong@", "refuses: ")] {
        let refused = RedisLive::connect(RedisAddress::parse(&address(login)).unwrap(), "x").await;
        let said = refused.map(|_| ()).unwrap_err().to_string();
        assert!(said.contains(why) && !said.contains("wrong"), "{said}");
    }
}
