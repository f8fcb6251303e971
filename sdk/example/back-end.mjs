// A back end of one's own, as small as it can be: the key stays here, the page gets a token. Run it with
//   VISAVIS_SERVER=https://visavis.example.org VISAVIS_KEY=vvk_… node back-end.mjs FOLDER
// and open http://localhost:3000/?name=Ana. A real one knows who is signed in and does not ask the address.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const {
  VISAVIS_SERVER: server,
  VISAVIS_KEY: key,
  VISAVIS_ROOM: room = 'Example',
  PORT = '3000',
} = process.env;
const [folder = '.'] = process.argv.slice(2);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

async function token(name, origin) {
  const answer = await fetch(`${server}/api/v1/admin/rooms/${encodeURIComponent(room)}/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, identity: name, origins: [origin] }),
  });
  if (!answer.ok) throw new Error(`no token: ${(await answer.json()).code}`);
  return { server, token: (await answer.json()).token };
}

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  try {
    if (pathname === '/token') {
      const made = await token(searchParams.get('name') ?? 'Guest', `http://${request.headers.host}`);
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(made));
      return;
    }
    const file = join(folder, normalize(pathname === '/' ? '/index.html' : pathname));
    const body = await readFile(file);
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(body);
  } catch (error) {
    response.writeHead(pathname === '/token' ? 502 : 404).end(String(error.message));
  }
}).listen(Number(PORT), () => console.log(`http://localhost:${PORT}/?name=Ana`));
