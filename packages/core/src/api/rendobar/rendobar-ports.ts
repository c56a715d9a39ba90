import type { ClientPorts } from '../../contract/client.ts';
import type { Sha256 } from '../../ports/digest.ts';
import type { TransferPort } from '../transfer-port.ts';

/** What a host brings for Rendobar: the ports of every client, and those for files. */
export interface RendobarPorts extends ClientPorts, TransferPort {
  /** Without it, an upload is not recognised as one that exists already. */
  readonly sha256?: () => Sha256;
}
