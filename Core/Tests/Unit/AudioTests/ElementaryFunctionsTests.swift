import Audio
import Testing

@Suite struct ElementaryFunctionsTests {
    @Test("sine and cosine lie on the circle and obey the addition theorem")
    func circle() {
        for step in -2000...2000 {
            let turns = Double(step) / 1000
            let (sine, cosine) = ElementaryFunctions.sineAndCosine(turns: turns)
            #expect(abs(sine * sine + cosine * cosine - 1) < 1e-15 * 4)
            let half = ElementaryFunctions.sineAndCosine(turns: turns / 2)
            #expect(abs(2 * half.sine * half.cosine - sine) < 1e-14)
            #expect(abs(half.cosine * half.cosine - half.sine * half.sine - cosine) < 1e-14)
        }
    }

    @Test("sine and cosine have the values that everybody knows")
    func knownAngles() {
        #expect(ElementaryFunctions.sineAndCosine(turns: 0).sine == 0)
        #expect(ElementaryFunctions.sineAndCosine(turns: 0.25).sine == 1)
        #expect(abs(ElementaryFunctions.sineAndCosine(turns: 1.0 / 12).sine - 0.5) < 1e-15)
        #expect(abs(ElementaryFunctions.sineAndCosine(turns: 1.0 / 8).cosine - 0.5.squareRoot()) < 1e-15)
        #expect(ElementaryFunctions.sineAndCosine(turns: 0.5).cosine == -1)
        #expect(ElementaryFunctions.sineAndCosine(turns: -0.25).sine == -1)
        #expect(ElementaryFunctions.sineAndCosine(turns: .infinity).cosine == 1)
        #expect(ElementaryFunctions.sineAndCosine(turns: .nan).cosine == 1)
    }

    @Test("powers and logarithms of ten are each other's inverse")
    func powers() {
        #expect(abs(ElementaryFunctions.powerOfTen(3) - 1000) < 1e-11)
        #expect(abs(ElementaryFunctions.powerOfTen(-0.15) - 0.707_945_784_384_138) < 1e-15 * 4)
        #expect(ElementaryFunctions.decimalLogarithm(0) == -300)
        #expect(ElementaryFunctions.decimalLogarithm(-1) == -300)
        #expect(abs(ElementaryFunctions.decimalLogarithm(2) - 0.301_029_995_663_981) < 1e-15)
        for step in -290...290 {
            let exponent = Double(step) * 0.97
            let back = ElementaryFunctions.decimalLogarithm(ElementaryFunctions.powerOfTen(exponent))
            #expect(abs(back - exponent) < 1e-12)
        }
    }

    @Test("a level is its peak and back, and full scale is the overload point")
    func levels() {
        #expect(abs(SignalLevel(peak: 32768).dBm0 - 3.14) < 1e-12)
        #expect(abs(SignalLevel(dBm0: -10).peak - 7218.5) < 0.5)
        #expect(abs(SignalLevel(peak: SignalLevel(dBm0: -27.5).peak).dBm0 + 27.5) < 1e-12)
        #expect(SignalLevel(peak: 0) < SignalLevel(dBm0: -100))
    }
}
