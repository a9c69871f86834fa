// An HTTP proxy for CONNECT with TLS to its clients. Environment: TLS_KEY and TLS_CERTIFICATE (PEM),
// and optionally PROXY_AUTHORIZATION, the required value of the header Proxy-Authorization. Requests
// a client certificate, but does not require one. Prints its port, and then one line of JSON for each
// request. Exits at the end of its standard input.
import https from 'node:https';
import net from 'node:net';

const { TLS_KEY: key, TLS_CERTIFICATE: cert, PROXY_AUTHORIZATION: required } = process.env;

const server = https.createServer({ key, cert, requestCert: true, rejectUnauthorized: false });
server.on('connect', (request, client, head) => {
  const target = request.url;
  const presented = Object.keys(client.getPeerCertificate() ?? {}).length > 0;
  console.log(JSON.stringify({ target, sni: client.servername, certificate: presented }));
  if (required && request.headers['proxy-authorization'] !== required) {
    client.end('HTTP/1.1 407 Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n');
    return;
  }
  const colon = target.lastIndexOf(':');
  const cloud = net.connect({ host: target.slice(0, colon), port: target.slice(colon + 1) });
  cloud.setNoDelay(true);
  cloud.on('connect', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    cloud.write(head);
    client.pipe(cloud);
    cloud.pipe(client);
  });
  cloud.on('error', () => client.destroy());
  client.on('error', () => cloud.destroy());
  client.on('close', () => cloud.destroy());
});
server.listen(0, '127.0.0.1', 1024, () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
