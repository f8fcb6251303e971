import { connect } from '@visavis/client';

const [status, people, chat, say, leave] = document.querySelectorAll('[id]');
// Our own back end knows who is signed in here, and asks the server for a token: back-end.mjs.
const invitation = async () => (await fetch(`/token${location.search}`)).json();
const media = { microphone: true, camera: true };
const { server } = await invitation();
connect(server, { token: async () => (await invitation()).token, media }).then(enter, ({ code }) => {
  status.textContent = `Not let in: ${code}`;
});

function enter(room) {
  status.textContent = `In ${room.name}`;
  [room.self, ...room.participants].forEach(show);
  room.on('joined', show);
  room.messages.forEach(write);
  room.on('message', write);
  room.on('ended', ({ reason }) => (status.textContent = `Out: ${reason}`));
  leave.onclick = () => room.leave();
  say.onsubmit = () => room.sendMessage(say.text.value).then(() => say.reset()) && false;
  function show(person) {
    const tile = people.appendChild(document.createElement('figure'));
    const detach = person.attach(tile.appendChild(document.createElement('video')));
    tile.append(person.name);
    room.on('left', ({ participant }) => participant === person && (detach(), tile.remove()));
  }
  function write({ name, text }) {
    chat.appendChild(document.createElement('li')).textContent = `${name}: ${text}`;
  }
}
