// A simulated cloud based on the websocket library ws: relays websockets to TCP services. Prints its
// port, and exits at the end of its standard input. Arguments are websocket subprotocols: the server
// selects the first subprotocol that a client offers, and rejects a client that offers none of them.
// With --bare, it ends a tunnel like many servers: with a FIN (over TLS after close_notify), without
// a close frame. Serves TLS if the environment contains TLS_KEY and TLS_CERTIFICATE (PEM).
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { WebSocketServer } from 'ws';

const bare = process.argv.includes('--bare');
const { TLS_KEY: key, TLS_CERTIFICATE: cert } = process.env;

const PATH = /^\/v3\/devices\/[0-9a-f]{32}\/services\/([^/]+):([0-9]+)\/connection$/;
const TOO_MUCH = 512 * 1024;

const required = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const select = (offered) => required.find((name) => offered.has(name)) ?? false;

const server = key ? https.createServer({ key, cert }) : http.createServer();
server.listen(0, '127.0.0.1', 1024, () => console.log(server.address().port));
new WebSocketServer({
  server,
  perMessageDeflate: false,
  ...(required.length > 0 && {
    handleProtocols: select,
    verifyClient: ({ req }, done) => {
      const offered = (req.headers['sec-websocket-protocol'] ?? '').split(',').map((n) => n.trim());
      done(select(new Set(offered)) !== false, 400, 'subprotocol required');
    },
  }),
}).on('connection', relay);
process.stdin.on('end', () => process.exit(0)).resume();

function relay(client, request) {
  const match = PATH.exec(decodeURIComponent(request.url));
  if (!match) {
    client.close(1008, 'no service at ' + request.url);
    return;
  }
  const service = net.connect({ host: match[1], port: Number(match[2]), noDelay: true });

  client.on('message', (data) => {
    if (!service.write(data)) {
      client.pause();
    }
  });
  service.on('drain', () => client.resume());
  client.on('close', () => service.end(() => service.destroy()));
  client.on('error', () => service.destroy());

  service.on('data', (data) => {
    client.send(data, () => {
      if (client.bufferedAmount < TOO_MUCH) {
        service.resume();
      }
    });
    if (client.bufferedAmount >= TOO_MUCH) {
      service.pause();
    }
  });
  // A paused client would not read the answer to the close frame.
  service.on('end', () => {
    client.resume();
    if (bare) {
      client._socket.end();
    } else {
      client.close(1000);
    }
  });
  service.on('error', () => {
    client.resume();
    client.close(1011, 'the service reset the connection');
  });
}
