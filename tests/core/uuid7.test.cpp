// SPDX-License-Identifier: MIT
#include <eventsourcing/core/uuid7.hpp>

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <thread>
#include <vector>

namespace es = eventsourcing;

namespace {

const auto noon = es::Timestamp::from_unix(1'795'435'200, 123'456'789);

/// The number in the bits from `first` to `last`, counted from the front as RFC 9562 does.
std::uint64_t bits(const es::Uuid& id, std::size_t first, std::size_t last) {
    std::uint64_t number = 0;
    for (std::size_t i = first; i <= last; ++i)
        number = number << 1U | ((id.bytes()[i / 8] >> (7 - i % 8)) & 1U);
    return number;
}

} // namespace

TEST_CASE("a UUIDv7 has the fields of RFC 9562 section 5.7", "[waits]") {
    es::Uuid id;
    std::thread([&] {
        id = es::new_uuid7(noon);
    }).join();                                    // its ids have not gone ahead of this time
    CHECK(bits(id, 0, 47) == 1'795'435'200'123U); // unix_ts_ms
    CHECK(bits(id, 48, 51) == 7);                 // ver
    CHECK(bits(id, 52, 63) == std::uint64_t{456'789} * 4096 / 1'000'000); // rand_a
    CHECK(bits(id, 64, 65) == 2);                                         // var
    CHECK(id.version() == 7);
}

TEST_CASE("the example of RFC 9562 section A.6 comes out") {
    const auto id =
        es::detail::make_uuid7(std::uint64_t{0x017F22E279B0} << 12U | 0xCC3, 0x18C4DC0C0C07398F);
    CHECK(id.to_string() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST_CASE("ids ascend while the clock goes on, stands still and goes back") {
    auto last = es::new_uuid7(noon);
    const auto ascend = [&](es::Timestamp now) {
        const auto id = es::new_uuid7(now);
        REQUIRE(last < id);
        last = id;
    };
    for (int i = 0; i < 10'000; ++i)
        ascend(noon);
    for (int i = 0; i < 10'000; ++i)
        ascend(es::Timestamp::from_unix(noon.unix_seconds() - i, 1));
    for (int i = 0; i < 10'000; ++i)
        ascend(es::Timestamp::from_unix(noon.unix_seconds(), 50'000 * i));
    ascend(es::Timestamp::min());
}

TEST_CASE("the time of an id is the clock's to 244 ns if the clock goes on") {
    es::detail::Uuid7Clock clock;
    CHECK(clock.next(es::Timestamp::from_unix(1)) == std::uint64_t{1000} << 12U);
    CHECK(clock.next(es::Timestamp::from_unix(1, 245)) == (std::uint64_t{1000} << 12U | 1));
    CHECK(clock.next(es::Timestamp::from_unix(1, 500'000)) == (std::uint64_t{1000} << 12U | 2048));
    CHECK(clock.next(es::Timestamp::from_unix(1, 999'999)) == (std::uint64_t{1000} << 12U | 4095));
    CHECK(clock.next(es::Timestamp::from_unix(1, 1'000'000)) == std::uint64_t{1001} << 12U);
}

TEST_CASE("with a clock that stands still or goes back, each id is one unit later") {
    es::detail::Uuid7Clock clock;
    const auto first = clock.next(noon);
    CHECK(clock.next(noon) == first + 1);
    CHECK(clock.next(es::Timestamp{}) == first + 2);
    CHECK(clock.next(es::Timestamp::from_unix(noon.unix_seconds() + 1)) > first + 3);
}

TEST_CASE("times before 1970 and at the end of the year 9999 have ids") {
    es::detail::Uuid7Clock early;
    CHECK(early.next(es::Timestamp::min()) == 1);
    CHECK(early.next(es::Timestamp::from_unix(-1)) == 2);
    es::detail::Uuid7Clock late;
    CHECK(late.next(es::Timestamp::max()) == (std::uint64_t{253'402'300'799'999} << 12U | 4095));
    CHECK(late.next(es::Timestamp::max()) >> 60U == 0); // still fits in its 60 bits
}

TEST_CASE("ids of many threads with the same clock are unique, and ascend in each thread",
          "[waits]") {
    constexpr std::size_t each = 20'000;
    std::array<std::vector<es::Uuid>, 8> ids;
    {
        std::vector<std::jthread> threads;
        threads.reserve(ids.size());
        for (auto& mine : ids)
            threads.emplace_back([&mine] {
                mine.reserve(each);
                for (std::size_t i = 0; i < each; ++i)
                    mine.push_back(es::new_uuid7(noon));
            });
    }
    std::set<es::Uuid> all;
    for (const auto& mine : ids) {
        CHECK(std::is_sorted(mine.begin(), mine.end()));
        all.insert(mine.begin(), mine.end());
    }
    CHECK(all.size() == ids.size() * each);
}

TEST_CASE("each of the 62 random bits is set in half of the ids") {
    constexpr int count = 10'000;
    std::array<int, 62> set{};
    for (int i = 0; i < count; ++i) {
        const auto random = bits(es::new_uuid7(noon), 66, 127);
        for (std::size_t bit = 0; bit < set.size(); ++bit)
            set[bit] += static_cast<int>(random >> bit & 1U);
    }
    // 5000 with a standard deviation of 50: ten of them are never reached
    const auto [low, high] = std::minmax_element(set.begin(), set.end());
    CHECK(*low > 4500);
    CHECK(*high < 5500);
}
