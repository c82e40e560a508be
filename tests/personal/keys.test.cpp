// SPDX-License-Identifier: MIT
#include <eventsourcing/personal/keys.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "throw_or_skip.hpp"

#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/base64.hpp>
#include <eventsourcing/personal/memory_keys.hpp>

#include <openssl/err.h>

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

namespace es = eventsourcing;

namespace {

struct Address {
    std::string street;
    int number = 0;
    std::optional<std::string> floor{};
    bool operator==(const Address&) const = default;
};

using Email = es::Personal<std::string>;

/// The bytes of a sealed value.
template <class T>
std::string bytes_of(const es::Personal<T>& value) {
    return es::detail::personal::Access::sealed(value);
}
template <class T>
es::Personal<T> with_bytes(std::string_view subject, std::string bytes) {
    return es::detail::personal::Access::make<T>(subject, std::move(bytes));
}

TEST_CASE("What is sealed opens as what it was") {
    const es::MemoryKeys keys;
    const std::string email = "ann@example.org";
    const Address home{"Hill", 7, "2nd"};
    CHECK(*keys.open(*keys.seal("person:42", email)) == email);
    CHECK(*keys.open(*keys.seal("person:42", home)) == home);
    CHECK(*keys.open(*keys.seal("person:42", 1979)) == 1979);
    CHECK(*keys.open(*keys.seal("person:42", "")) == "");
    CHECK(*keys.open(*keys.seal("person:42", std::vector<int>{1, 2})) == std::vector<int>{1, 2});
    CHECK(*keys.open(*keys.seal("person:42", std::optional<int>{})) == std::nullopt);
    CHECK(*keys.open(*keys.seal("person:\xC3\xA9", email)) == email);
    for (const std::string& text :
         std::vector<std::string>{"\"", "\\", "a\nb", "\xC3\xA9", "{}", std::string(1, '\0')})
        CHECK(*keys.open(*keys.seal("person:42", text)) == text);
    const std::string large(1'000'000, 'x');
    CHECK(*keys.open(*keys.seal("person:42", large)) == large);
}

TEST_CASE("Text of any kind is sealed as a std::string") {
    const es::MemoryKeys keys;
    const auto sealed = keys.seal("person:42", std::string_view("Ann"));
    static_assert(std::is_same_v<decltype(sealed), const es::Result<Email>>);
    static_assert(std::is_same_v<decltype(keys.seal("person:42", "Ann")), es::Result<Email>>);
    CHECK(*keys.open(*sealed) == "Ann");
}

TEST_CASE("Several values of a subject are sealed in one call, all or none") {
    const es::MemoryKeys keys;
    const auto sealed = keys.seal("person:42", "ann@example.org", Address{"Hill", 7, {}}, 1979);
    REQUIRE(sealed);
    const auto& [email, home, year] = *sealed;
    static_assert(std::is_same_v<decltype(email), const Email>);
    CHECK(*keys.open(email) == "ann@example.org");
    CHECK(*keys.open(home) == Address{"Hill", 7, {}});
    CHECK(*keys.open(year) == 1979);
    CHECK(email.subject() == "person:42");

    CHECK(fails_with(es::errc::invalid, keys.seal("person:42", 1, "\xff", 2)));
    CHECK(fails_with(es::errc::invalid, keys.seal("", 1, 2)));
}

TEST_CASE("A sealed value holds no byte of the value, and no two are alike") {
    const es::MemoryKeys keys;
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        const auto sealed = *keys.seal("person:42", "ann@example.org");
        CHECK(bytes_of(sealed).find("ann") == std::string::npos);
        seen.insert(bytes_of(sealed).substr(es::detail::personal::header_size));
    }
    CHECK(seen.size() == 1'000);
}

TEST_CASE("E2: After erase, open returns gone for that subject, and all others are untouched") {
    const es::MemoryKeys keys;
    const es::Keys other_handle = keys;
    const auto ann = *keys.seal("person:42", "ann@example.org");
    const auto bob = *keys.seal("person:43", "bob@example.org");
    CHECK(*keys.erase("person:42"));

    for (const es::Keys& handle : {es::Keys(keys), other_handle}) {
        CHECK(fails_with(es::errc::gone, handle.open(ann)));
        CHECK(message_of(handle.open(ann)) ==
              "personal data of person:42: it is gone, since the key of its subject was erased");
        CHECK(*handle.open(bob) == "bob@example.org");
    }
    CHECK_FALSE(*keys.erase("person:42"));
    CHECK_FALSE(*keys.erase("person:none"));
}

TEST_CASE("What is sealed for a subject after its erasure has a new key") {
    const es::MemoryKeys keys;
    const auto before = *keys.seal("person:42", "ann@example.org");
    REQUIRE(*keys.erase("person:42"));
    const auto after = *keys.seal("person:42", "ann@example.com");
    CHECK(*keys.open(after) == "ann@example.com");
    CHECK(fails_with(es::errc::gone, keys.open(before)));
}

TEST_CASE("E4: A value of which any bit was changed is corrupt") {
    const es::MemoryKeys keys;
    const auto sealed = *keys.seal("person:42", "ann@example.org");
    const std::string bytes = bytes_of(sealed);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string changed = bytes;
            changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ 1U << bit);
            CAPTURE(i, bit);
            CHECK(fails_with(es::errc::corrupt,
                             keys.open(with_bytes<std::string>("person:42", changed))));
        }
    }
    CHECK(ERR_peek_error() == 0); // nothing is left for the application's own calls of OpenSSL
    CHECK(message_of(keys.open(with_bytes<std::string>("person:42", "x"))) ==
          "personal data of person:42: its sealed bytes were changed or cut off, or moved here "
          "from another subject; restore them from a backup, and copy a Personal only as a whole");
}

TEST_CASE("A sealed value that was cut off anywhere or is too long is corrupt") {
    const es::MemoryKeys keys;
    const std::string bytes = bytes_of(*keys.seal("person:42", "ann@example.org"));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK(fails_with(es::errc::corrupt,
                         keys.open(with_bytes<std::string>("person:42", bytes.substr(0, size)))));
    CHECK(fails_with(es::errc::corrupt,
                     keys.open(with_bytes<std::string>("person:42", bytes + '\0'))));
}

TEST_CASE("E4: A value that was moved to another subject does not open") {
    const es::MemoryKeys keys;
    const auto ann = *keys.seal("person:42", "ann@example.org");
    REQUIRE(keys.seal("person:43", "bob@example.org"));
    for (const char* other : {"person:43", "person:44", "person:4", "", "person:420"})
        CHECK(fails_with(es::errc::corrupt,
                         keys.open(with_bytes<std::string>(other, bytes_of(ann)))));

    // and neither does one that a forger gives the right checksum
    std::string forged = bytes_of(ann);
    es::detail::personal::SealedHeader header;
    REQUIRE(es::detail::personal::read_header(forged, "person:42", header));
    es::detail::personal::write_header(forged.data(), header, "person:43");
    CHECK(fails_with(es::errc::corrupt, keys.open(with_bytes<std::string>("person:43", forged))));
}

TEST_CASE("A value that was moved or damaged is corrupt after its erasure, too") {
    const es::MemoryKeys keys;
    const auto ann = *keys.seal("person:42", "ann@example.org");
    std::string bytes = bytes_of(ann);
    REQUIRE(*keys.erase("person:42"));
    CHECK(fails_with(es::errc::corrupt, keys.open(with_bytes<std::string>("person:43", bytes))));
    bytes[12] = static_cast<char>(bytes[12] ^ 1);
    CHECK(fails_with(es::errc::corrupt, keys.open(with_bytes<std::string>("person:42", bytes))));
}

TEST_CASE("A value sealed with other keys says that they are others, not that it is gone") {
    const es::MemoryKeys keys;
    const auto opened = es::MemoryKeys().open(*keys.seal("person:42", "ann@example.org"));
    CHECK(fails_with(es::errc::invalid, opened));
    CHECK(message_of(opened) == "personal data of person:42: it is sealed with a key that was "
                                "never in these keys in memory; open it with the keys that sealed "
                                "it");
}

TEST_CASE("A value of a later format asks for a later library") {
    const es::MemoryKeys keys;
    std::string bytes = bytes_of(*keys.seal("person:42", "ann@example.org"));
    es::detail::personal::SealedHeader header;
    REQUIRE(es::detail::personal::read_header(bytes, "person:42", header));
    header.format = 2;
    es::detail::personal::write_header(bytes.data(), header, "person:42");
    CHECK(
        fails_with(es::errc::unsupported, keys.open(with_bytes<std::string>("person:42", bytes))));
}

TEST_CASE("What was sealed as another type is an error that does not show it") {
    const es::MemoryKeys keys;
    const std::string secret = "4711-secret";
    const auto text = *keys.seal("person:42", secret);
    const auto wrong = keys.open(with_bytes<Address>("person:42", bytes_of(text)));
    CHECK(fails_with(es::errc::malformed, wrong));
    CHECK(message_of(wrong) == "personal data of person:42: what was sealed is no Address as this "
                               "program declares it; open it as the type that was sealed");

    const auto keyed = *keys.seal("person:42", std::map<std::string, std::string>{{secret, "x"}});
    const auto as_numbers =
        keys.open(with_bytes<std::map<std::string, int>>("person:42", bytes_of(keyed)));
    CHECK(fails_with(es::errc::malformed, as_numbers));
    CHECK(message_of(as_numbers).find("4711") == std::string::npos);
}

/// As an application's own type that refuses a text.
struct Strict {
    std::string text;
    [[nodiscard]] std::string to_string() const {
        if (text == "4711-secret")
            throw_or_skip(std::runtime_error("no " + text));
        return text;
    }
    static es::Result<Strict> parse(std::string_view text) {
        return es::Error(es::errc::malformed, "no " + std::string(text));
    }
};

TEST_CASE("No error of sealing or opening holds a byte of the value") {
    const es::MemoryKeys keys;
    const auto refused = keys.seal("person:42", "4711-secret \xff");
    CHECK(fails_with(es::errc::invalid, refused));
    CHECK(message_of(refused) == "personal data of person:42: it can't be written as JSON; the "
                                 "message of es::encode_json(value) says why, and may show the "
                                 "value");
    const auto unparsed = keys.open(*keys.seal("person:42", Strict{"4712-secret"}));
    CHECK(fails_with(es::errc::malformed, unparsed));
    CHECK(message_of(unparsed).find("secret") == std::string::npos);

    const auto threw = keys.seal("person:42", Strict{"4711-secret"});
    CHECK(fails_with(es::errc::invalid, threw));
    CHECK(message_of(threw).find("secret") == std::string::npos);
}

TEST_CASE("A refused value makes no key") {
    const es::MemoryKeys keys;
    REQUIRE_FALSE(keys.seal("person:42", "\xff"));
    CHECK_FALSE(*keys.erase("person:42"));
}

TEST_CASE("A subject is a name: not empty, not long, without control characters") {
    const es::MemoryKeys keys;
    for (const std::string& subject :
         {std::string(), std::string(201, 'x'), std::string("a\nb"), std::string("a\xff")}) {
        CAPTURE(subject);
        CHECK(fails_with(es::errc::invalid, keys.seal(subject, "x")));
        CHECK(fails_with(es::errc::invalid, keys.erase(subject)));
    }
    CHECK(message_of(keys.seal("", "x")) ==
          "the subject of personal data is empty; expected a name of the person that is no "
          "secret, such as \"person:42\"");
    CHECK(keys.seal(std::string(200, 'x'), "x"));
}

TEST_CASE("A value over 16 MiB is refused, with what to do instead") {
    const es::MemoryKeys keys;
    const std::string most((16U << 20U) - 2, 'x'); // and its quotes
    CHECK(keys.open(*keys.seal("person:42", most)).value() == most);
    const auto refused = keys.seal("person:43", most + "x");
    CHECK(fails_with(es::errc::too_large, refused));
    CHECK(message_of(refused) ==
          "personal data of person:43: its JSON has 16777217 bytes; expected at most 16777216: "
          "keep what is larger elsewhere, and seal a key of its own");
    CHECK_FALSE(*keys.erase("person:43"));
}

TEST_CASE("Opening where nothing was sealed says so") {
    CHECK(fails_with(es::errc::not_found, es::MemoryKeys().open(Email())));
}

TEST_CASE("E5: One event may hold data of several persons, each of which is erased alone") {
    struct Married {
        es::Personal<std::string> one;
        es::Personal<std::string> other;
    };
    const es::MemoryKeys keys;
    const Married event{*keys.seal("person:42", "Ann"), *keys.seal("person:43", "Bob")};
    const auto stored = es::decode_json<Married>(*es::encode_json(event));
    REQUIRE(stored);
    REQUIRE(*keys.erase("person:42"));
    CHECK(fails_with(es::errc::gone, keys.open(stored->one)));
    CHECK(*keys.open(stored->other) == "Bob");
}

TEST_CASE("E9: blind gives the same for the same text and name, and with these keys only") {
    const es::MemoryKeys keys;
    const auto hash = *keys.blind("email", "ann@example.org");
    CHECK(hash.size() == 64);
    CHECK(hash.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(*keys.blind("email", "ann@example.org") == hash);
    CHECK(*keys.blind("email", "ann@example.com") != hash);
    CHECK(*keys.blind("mail", "ann@example.org") != hash);
    CHECK(*keys.blind("ab", "c") != *keys.blind("a", "bc"));
    CHECK(*es::MemoryKeys().blind("email", "ann@example.org") != hash);
    CHECK(fails_with(es::errc::invalid, keys.blind("", "ann@example.org")));
    CHECK(keys.blind("email", ""));
}

TEST_CASE("E9: A blind hash is not erased with a subject") {
    const es::MemoryKeys keys;
    const auto hash = *keys.blind("email", "ann@example.org");
    REQUIRE(keys.seal("person:42", "ann@example.org"));
    REQUIRE(*keys.erase("person:42"));
    CHECK(*keys.blind("email", "ann@example.org") == hash);
}

TEST_CASE("Many threads seal, open and erase at once", "[waits]") {
    const es::MemoryKeys keys;
    std::vector<std::thread> threads;
    std::vector<int> wrong(4);
    for (std::size_t t = 0; t < wrong.size(); ++t)
        threads.emplace_back([&keys, &wrong, t] {
            const std::string mine = "person:" + std::to_string(t);
            for (int i = 0; i < 300; ++i) {
                const auto own = keys.seal(mine, i);
                const auto shared = keys.seal("person:shared", i);
                if (!own || !shared || keys.open(*own).value_or(-1) != i)
                    ++wrong[t];
                if (const auto opened = keys.open(*shared);
                    opened ? *opened != i : !fails_with(es::errc::gone, opened))
                    ++wrong[t];
                if (i % 10 == 0 && !keys.erase("person:shared"))
                    ++wrong[t];
            }
        });
    for (auto& thread : threads)
        thread.join();
    CHECK(wrong == std::vector<int>(4));
}

} // namespace
