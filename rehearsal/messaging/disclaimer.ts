/** What is unverified about the model of topics, queues and the event bus. */
export const MESSAGING_DISCLAIMER = [
  'Topics, queues, the event bus and the reading of queues are models built from public documentation, too. Unverified in particular:',
  '- a queue delivers in the order of arrival, and once in a visibility timeout (SQS promises neither); a receipt handle other than',
  '  the newest deletes nothing; a message whose dead-letter queue does not exist stays where it is',
  '- the size of a PutEvents request (here: 256 KB in all), the text of its errors, and the error for an unknown event bus',
  '- `anything-but` for arrays (here: one element suffices), and placeholders whose value the event lacks (here: nothing remains)',
  '- a delivery of EventBridge or SNS that fails (here: not tried again, but moved to the dead-letter queue at once)',
  '- when Lambda looks at a role that reads a queue (here: when the mapping is made, and at each message)',
  'Not modelled: FIFO, encryption, the policies of functions, and the time that a delivery takes.',
].join('\n');
