// Verifies and signs tokens with the library jose, for interoperability tests. Reads standard input:
// `jose.mjs verify ALG CERTIFICATE` reads a token and prints its claims, `jose.mjs sign ALG KEY` reads
// claims and prints a token.
import fs from 'node:fs';
import { SignJWT, importPKCS8, importX509, jwtVerify } from 'jose';

const [command, algorithm, file] = process.argv.slice(2);
const input = fs.readFileSync(0, 'utf8').trim();
const pem = fs.readFileSync(file, 'utf8');

if (command === 'verify') {
  const key = await importX509(pem, algorithm);
  const { payload } = await jwtVerify(input, key, { algorithms: [algorithm] });
  console.log(JSON.stringify(payload));
} else {
  const key = await importPKCS8(pem, algorithm);
  const token = new SignJWT(JSON.parse(input)).setProtectedHeader({ alg: algorithm });
  console.log(await token.sign(key));
}
