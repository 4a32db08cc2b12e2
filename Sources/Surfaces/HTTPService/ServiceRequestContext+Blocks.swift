import Hummingbird
import NIOCore

extension ServiceRequestContext {
    /// A body that is complete, in blocks of some ten kilobytes. Each is handed to the connection when the one before has
    /// been, so that a long answer comes in small pieces of work, between which calls are served also where they share
    /// a core with it.
    public func body(of blocks: [[UInt8]]) -> ResponseBody {
        let count = blocks.reduce(0) { $0 + $1.count }
        return ResponseBody(contentLength: count) { [eventLoop] writer in
            for block in blocks {
                try await writer.write(ByteBuffer(bytes: block))
                try await eventLoop.submit {}.get()
            }
            try await writer.finish(nil)
        }
    }
}
