//! One media server asked from two instances: what arrives there, and what comes back.

use super::*;
use std::sync::Mutex;
use tokio::sync::Notify;
use visavis_domain::ids::{CallId, SessionId};
use visavis_domain::room::Camera;
use visavis_live::MemoryLive;

/// Writes down what it is asked.
#[derive(Default)]
struct Notebook {
    lines: Mutex<Vec<String>>,
    written: Notify,
}

impl Notebook {
    fn write(&self, line: String) {
        self.lines.lock().unwrap().push(line);
        self.written.notify_one();
    }

    async fn until(&self, count: usize) -> Vec<String> {
        loop {
            let lines = self.lines.lock().unwrap().clone();
            if lines.len() >= count {
                return lines;
            }
            self.written.notified().await;
        }
    }
}

#[async_trait]
impl Media for Notebook {
    async fn offer(&self, site: MediaSite, _: MediaSeat, offer: MediaOffer) -> Result<String, MediaRefused> {
        self.write(format!("offer {} {}", site.generation, offer.sdp));
        match offer.sdp.as_str() {
            "bad" => Err(MediaRefused::Unusable),
            "old" => Err(MediaRefused::Unknown),
            good => Ok(format!("answer to {good}")),
        }
    }

    async fn view(&self, _: MediaSite, _: ParticipantId, views: Vec<Viewed>) -> Result<(), MediaRefused> {
        self.write(format!("view {}", views.len()));
        Ok(())
    }

    async fn ice(&self, _: MediaSite, _: ParticipantId, asked: IceAsked) -> Result<IceTold, MediaRefused> {
        self.write(format!("ice {} {:?}", asked.ufrag, asked.tag));
        match asked.tag {
            Some(_) => Err(MediaRefused::Stale),
            None => Ok(IceTold::Begun { sdp: "anew".into() }),
        }
    }

    fn mute(&self, _: MediaSite, participant: ParticipantId) {
        self.write(format!("mute {}", participant.bits()));
    }

    fn camera(&self, _: MediaSite, participant: ParticipantId, camera: Camera) {
        self.write(format!("camera {} {camera:?}", participant.bits()));
    }

    fn reseat(&self, _: MediaSite, seat: MediaSeat) {
        self.write(format!("reseat {}", seat.session.bits()));
    }

    fn remove(&self, _: MediaSite, participant: ParticipantId) {
        self.write(format!("remove {}", participant.bits()));
    }

    fn allow_only(&self, _: MediaSite, only: Option<ParticipantId>) {
        self.write(format!("only {:?}", only.map(ParticipantId::bits)));
    }

    fn retire(&self, site: MediaSite) {
        self.write(format!("retire {}", site.generation));
    }

    fn end(&self, _: MediaSite) {
        self.write("end".into());
    }

    fn reconcile(&self, rooms: Vec<MediaRoom>) {
        self.write(format!("reconcile {}", rooms.len()));
    }

    fn end_all(&self) {
        self.write("end all".into());
    }
}

struct Scene {
    here: SharedMedia,
    notes_here: Arc<Notebook>,
    notes_there: Arc<Notebook>,
    _there: SharedMedia,
}

const HERE: InstanceId = InstanceId::from_bits(1);
const THERE: InstanceId = InstanceId::from_bits(2);
const SEAT: MediaSeat =
    MediaSeat { participant: ParticipantId::from_bits(5), session: SessionId::from_bits(6) };

async fn scene() -> Scene {
    let live: Arc<dyn Live> = Arc::new(MemoryLive::default());
    let (notes_here, notes_there) = (Arc::new(Notebook::default()), Arc::new(Notebook::default()));
    let here = SharedMedia::start(live.clone(), HERE, notes_here.clone()).await.unwrap();
    let there = SharedMedia::start(live, THERE, notes_there.clone()).await.unwrap();
    Scene { here, notes_here, notes_there, _there: there }
}

fn site(instance: InstanceId) -> MediaSite {
    MediaSite { instance, call: CallId::from_bits(3), generation: 4 }
}

fn offer(sdp: &str) -> MediaOffer {
    MediaOffer { fresh: true, sdp: sdp.into(), tracks: Vec::new(), only: None, dark: false, feed: None }
}

async fn everything(media: &SharedMedia, at: MediaSite) {
    let answer = media.offer(at, SEAT, offer("good")).await;
    assert_eq!(answer, Ok("answer to good".to_owned()));
    assert_eq!(media.offer(at, SEAT, offer("bad")).await, Err(MediaRefused::Unusable));
    assert_eq!(media.offer(at, SEAT, offer("old")).await, Err(MediaRefused::Unknown));
    let asked = |tag: Option<&str>| IceAsked {
        tag: tag.map(str::to_owned),
        ufrag: "other".into(),
        password: String::new(),
    };
    let begun = IceTold::Begun { sdp: "anew".into() };
    assert_eq!(media.ice(at, SEAT.participant, asked(None)).await, Ok(begun));
    assert_eq!(media.ice(at, SEAT.participant, asked(Some("old"))).await, Err(MediaRefused::Stale));
    media.mute(at, SEAT.participant);
    media.camera(at, SEAT.participant, Camera::Off);
    media.reseat(at, SEAT);
    media.allow_only(at, Some(SEAT.participant));
    media.allow_only(at, None);
    assert_eq!(media.view(at, SEAT.participant, Vec::new()).await, Ok(()));
    media.remove(at, SEAT.participant);
    media.retire(at);
    media.end(at);
}

const ALL: [&str; 14] = [
    "offer 4 good",
    "offer 4 bad",
    "offer 4 old",
    "ice other None",
    "ice other Some(\"old\")",
    "mute 5",
    "camera 5 Off",
    "reseat 6",
    "only Some(5)",
    "only None",
    "view 0",
    "remove 5",
    "retire 4",
    "end",
];

#[tokio::test]
async fn whatever_is_asked_is_done_where_the_media_is_in_order() {
    let scene = scene().await;
    everything(&scene.here, site(THERE)).await;
    assert_eq!(scene.notes_there.until(ALL.len()).await, ALL);
    assert!(scene.notes_here.lines.lock().unwrap().is_empty());
    everything(&scene.here, site(HERE)).await;
    assert_eq!(scene.notes_here.until(ALL.len()).await, ALL);
    assert_eq!(scene.notes_there.lines.lock().unwrap().len(), ALL.len());
}

#[tokio::test]
async fn letting_go_of_everything_is_about_this_instance() {
    let scene = scene().await;
    scene.here.end_all();
    assert_eq!(scene.notes_here.until(1).await, ["end all"]);
    assert!(scene.notes_there.lines.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_is_gone_is_away() {
    let scene = scene().await;
    let gone = site(InstanceId::from_bits(9));
    assert_eq!(scene.here.offer(gone, SEAT, offer("good")).await, Err(MediaRefused::Away));
    assert_eq!(scene.here.view(gone, SEAT.participant, Vec::new()).await, Err(MediaRefused::Away));
}
