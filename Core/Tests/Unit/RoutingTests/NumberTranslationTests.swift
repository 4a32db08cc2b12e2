import Routing
import Testing

@Suite struct NumberTranslationTests {
    private static let examples: [(String, String, String)] = [
        ("s/^00//", "0044207", "44207"), ("s/^00//", "44207", "44207"), ("s/^/1010/", "44", "101044"),
        ("s/^\\+//", "+44", "44"), ("s/0/x/", "1002", "1x02"), ("s/0/x/g", "1002", "1xx2"),
        ("s/^0([1-9]\\d*)$/44\\1/", "02071", "442071"), ("s/^0([1-9]\\d*)$/44\\1/", "002071", "002071"),
        ("s/^(\\d{3})(\\d+)$/\\2\\1/", "12345", "45123"), ("s/^(\\d{3})(\\d+)$/\\g<2>0\\g<1>/", "12345", "450123"),
        ("s/(?P<area>\\d\\d)$/-\\g<area>/", "123", "1-23"), ("s/a|ab/x/", "abc", "xbc"), ("s/ab|a/x/", "abc", "xc"),
        ("s/x*/-/g", "abxd", "-a-b--d-"), ("s/x*/-/", "abxd", "-abxd"), ("s/\\d*?/-/g", "12", "-----"),
        ("s/$/#/", "12", "12#"), ("s/^$/anonymous/", "", "anonymous"), ("s/.*/x/g", "ab", "xx"),
        ("s/[^0-9]//g", "+1 (323) 555-01", "132355501"), ("s/[]x]/y/g", "a]x", "ayy"), ("s/[a-]/y/g", "a-b", "yyb"),
        ("s/(a)|b/[\\1]/g", "ab", "[a][]"), ("s/a{2}/x/", "aaa", "xa"), ("s/a{2,}/x/", "aaaa", "x"),
        ("s/a{,2}/x/", "aaaa", "xaa"), ("s/a{1,3}?/x/", "aaa", "xaa"), ("s/a{x}/y/", "a{x}", "y"),
        ("s/\\//|/", "a/b", "a|b"), ("s/\\./\\\\/", "a.b", "a\\b"), ("s/(?:ab)+/x/", "ababc", "xc"),
        ("s/\\w+@\\w+/x/", "a1@b_2-c", "x-c"), ("s/\\s//g", "1 2", "12"), ("s/\\D//g", "1a2b", "12"),
        ("s/^00//;s/^0/44/", "0012", "12"), ("s/^0/44/;", "012", "4412"), ("442079460011", "123", "442079460011"),
        ("s/1/2/; 999 ;s/9/8/", "1", "899"), ("", "12", "12"), ("s/((a)(b))/\\3\\2\\1\\g<0>/", "ab", "baabab"),
        ("s/(a*)(ab)*(b*)/[\\1|\\2|\\3]/", "abb", "[a||bb]"),
        ("s/(a|ab)(c|bcd)(d*)/[\\1,\\2,\\3]/", "abcd", "[a,bcd,]"),
        ("s/^(?:0|\\+)*//", "0+012", "12"), ("s/(\\d)+/\\1/", "123", "3"), ("s/1+1/x/", "1111", "x"),
    ]

    @Test(
        "rules do what Python's re.sub does",
        arguments: examples)
    func rules(rule: String, number: String, expected: String) throws {
        let translation = try NumberTranslation(rule)
        #expect(translation.apply(to: bytes(number)).map(text) == expected)
    }

    private static let outside: [String] = [
        "s/a/b", "s/a", "s/a/b/x", "s/a/b/gg", "s/a/b/ c", "s/(/x/", "s/)/x/", "s/[/x/", "s/[z-a]/x/", "s/*/x/",
        "s/a**/x/", "s/a*+/x/", "s/^*/x/", "s/a{3,1}/x/", "s/a{200}/x/", "s/(a)\\1/x/", "s/\\bx/y/", "s/(?=a)/x/",
        "s/(?i)a/x/", "s/(?P=n)/x/", "s/(?P<1n>a)/x/", "s/a/\\1/", "s/(a)/\\2/", "s/a/\\g<n>/", "s/a/\\n/",
        "s/a/\\0/",
        "s/a\\/x/", "s/\\Aa/x/", "s/[\\n]/x/", "s/\\x41/x/", "s/(a{100}){100}/x/", "4 4", "s/a/b\r\n/", "a\u{7F}",
        "s/((((((((((((((((((((a))))))))))))))))))))/x/", "s/a++/x/", "s/(?P<n>a)(?P<n>b)/x/", "s/a{1}{2}/x/",
        "s/(a*)*/x/", "s/(a?){2}/x/",
        "s/(|a)+/x/", "s/(?:^|a)*/x/",
        "s/" + String(repeating: "a", count: 1100) + "/x/", "s/(?:(?:(?:){128}){128}a{128}){128}/x/",
    ]

    @Test(
        "what is outside the subset is refused when it is loaded, and says where",
        arguments: outside)
    func refusals(rule: String) {
        let error = #expect(throws: TranslationError.self) { try NumberTranslation(rule) }
        #expect(error?.text == rule)
        #expect(error?.allowed.isEmpty == false)
        #expect((0...rule.utf8.count).contains(error?.offset ?? -1))
    }

    @Test(
        "patterns that make other engines explode take a bounded number of steps",
        arguments: [
            "(a+)+$", "(a|a)*x", "(a+)+b", "(a|aa)+$", "(.+)+x", "(a?a){50}x", "(x+x+)+y", "^(a|b|ab)*$",
        ])
    func pathological(pattern: String) throws {
        let number = bytes(String(repeating: "a", count: 100) + "!")
        #expect(try NumberTranslation("s/\(pattern)/z/").apply(to: number) == number)
        let matching = bytes(String(repeating: "a", count: 100))
        #expect(try NumberTranslation("s/\(pattern)/z/g").apply(to: matching) != nil)
    }

    @Test("numbers and results longer than the limit, and rules that take too many steps, give nil")
    func limits() throws {
        let longest = bytes(String(repeating: "1", count: NumberTranslation.maximumLength))
        #expect(try NumberTranslation("s/2/3/").apply(to: longest) == longest)
        #expect(try NumberTranslation("s/2/3/").apply(to: longest + [49]) == nil)
        #expect(try NumberTranslation("s/1/11/g").apply(to: longest) == nil)
        let growing = Array(repeating: "s/1/1111111111/g", count: 20).joined(separator: ";")
        #expect(try NumberTranslation(growing).apply(to: bytes("1")) == nil)
        let slow = Array(repeating: "s/(1|11|111|1111){1,20}x/y/g", count: 20).joined(separator: ";")
        #expect(try NumberTranslation(slow).apply(to: longest) == nil)
        #expect(try NumberTranslation("").isIdentity)
    }
}
