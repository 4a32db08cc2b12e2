// What the developer of an application needs besides `VoiceApplications`: the names in its interface, and tones.
@_exported import Audio
@_exported import Logging
@_exported import VoiceApplications

@_exported import struct CallControl.ChannelID
@_exported import enum CallControl.ChannelState
@_exported import enum CallControl.ClearingCause
@_exported import enum CallControl.ConferenceDeparture
@_exported import struct CallControl.ConferenceLifetimeControl
@_exported import enum CallControl.TransferCause
@_exported import struct MediaSessions.AnswerMachineWait
@_exported import enum MediaSessions.BargeIn
@_exported import struct MediaSessions.DTMFPlayer
@_exported import struct MediaSessions.DigitCollector
@_exported import struct MediaSessions.FarEndClassifier
@_exported import struct MediaSessions.FilePlayer
@_exported import struct MediaSessions.FileRecorder
@_exported import struct MediaSessions.RecordingOptions
@_exported import struct MediaSessions.TonePlayer
@_exported import struct MediaSessions.WholeCallRecorder
@_exported import struct SwitchEngine.ChannelHeader
