import { connect } from 'node:net';

/** Whether something listens at `host:port`. */
export function accepts(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const [host, port] = address.split(':');
    const socket = connect({ host: String(host), port: Number(port) });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
