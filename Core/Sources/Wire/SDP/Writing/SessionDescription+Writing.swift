import Addresses

extension SessionDescription {
    /// The body, lines in the order of RFC 8866 §5 and ended by CR LF.
    public func serialized() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes.append("v=0\r\no=")
        bytes.append(origin: origin)
        bytes.append("\r\ns=")
        bytes.append(contentsOf: name)
        bytes.appendLineEnd()
        bytes.append(otherLines, of: "iuep")
        if let connection {
            bytes.append("c=")
            bytes.append(connection: connection)
            bytes.appendLineEnd()
        }
        bytes.append(otherLines, of: "b")
        if !otherLines.contains(where: { $0.type == UInt8(ascii: "t") }) { bytes.append("t=0 0\r\n") }
        bytes.append(otherLines, of: "trzk")
        bytes.append(direction: direction)
        bytes.append(otherLines, of: "a")
        for stream in media { stream.write(into: &bytes) }
        return bytes
    }
}

extension MediaDescription {
    func write(into bytes: inout [UInt8]) {
        bytes.append("m=")
        bytes.append(contentsOf: kindName)
        bytes.append(UInt8(ascii: " "))
        bytes.append(number: UInt64(port))
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: transportProtocol)
        for format in formats {
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: format)
        }
        bytes.appendLineEnd()
        bytes.append(otherLines, of: "i")
        if let connection {
            bytes.append("c=")
            bytes.append(connection: connection)
            bytes.appendLineEnd()
        }
        bytes.append(otherLines, of: "bk")
        writeFormats(into: &bytes)
        if let packetTime {
            bytes.append("a=ptime:")
            bytes.append(number: UInt64(packetTime))
            bytes.appendLineEnd()
        }
        writeRTCP(into: &bytes)
        bytes.append(direction: direction)
        bytes.append(otherLines, of: "a")
    }

    private func writeFormats(into bytes: inout [UInt8]) {
        for map in rtpMaps {
            bytes.append("a=rtpmap:")
            bytes.append(number: UInt64(map.payloadType))
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: map.encoding)
            bytes.append(UInt8(ascii: "/"))
            bytes.append(number: UInt64(map.clockRate))
            if map.channels != 1 {
                bytes.append(UInt8(ascii: "/"))
                bytes.append(number: UInt64(map.channels))
            }
            bytes.appendLineEnd()
        }
        for parameters in formatParameters {
            bytes.append("a=fmtp:")
            bytes.append(number: UInt64(parameters.payloadType))
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: parameters.value)
            bytes.appendLineEnd()
        }
    }

    private func writeRTCP(into bytes: inout [UInt8]) {
        if let rtcpPort {
            bytes.append("a=rtcp:")
            bytes.append(number: UInt64(rtcpPort))
            if let rtcpAddress {
                bytes.append(UInt8(ascii: " "))
                bytes.append(connection: rtcpAddress)
            }
            bytes.appendLineEnd()
        }
        if rtcpMux { bytes.append("a=rtcp-mux\r\n") }
    }
}

extension [UInt8] {
    /// The lines whose letter stands in `types`, in the order of the letters.
    fileprivate mutating func append(_ lines: [DescriptionLine], of types: StaticString) {
        for index in 0..<types.utf8CodeUnitCount {
            let type = types.utf8Start[index]
            for line in lines where line.type == type {
                append(type)
                append(UInt8(ascii: "="))
                append(contentsOf: line.value)
                appendLineEnd()
            }
        }
    }

    fileprivate mutating func append(direction: MediaDirection?) {
        guard let direction else { return }
        append("a=")
        append(direction.attribute)
        appendLineEnd()
    }
}
