/**
 * How an inner layer tells the retrying layer around it that another attempt is useless. The response itself stays what the
 * server sent: callers see the true status.
 */
const givenUp = new WeakSet<Response>();

/** Marks a response: no layer of this package sends its request again. Returns it. */
export function giveUpOn(response: Response): Response {
  givenUp.add(response);
  return response;
}

/** Whether a layer below has given up on this response. */
export function isGivenUp(response: Response): boolean {
  return givenUp.has(response);
}
