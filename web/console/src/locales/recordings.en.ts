// Recordings of frames
export default {
  recording: {
    slowed: 'At {at} this pile said too much at once and is read more slowly', slowed_help: 'More than the parameter “Frames of a pile per second” allows; its frames say so. Look at its intervals, and whether it repeats itself.',
    fetch: 'Download for replay', plain: 'Cards and VINs in full', masked: 'Cards and VINs replaced', who: 'Personal data', title: 'Download a recording of {name}', from: 'From', to: 'To', to_help: 'Seven days at most; only orders that begin and end in it', hint: 'Frames, tariff and orders; `pileops replay` plays it to an empty platform and compares', plain_hint: 'This download is written to the audit log', done: 'Downloaded {name}',
  },
}
