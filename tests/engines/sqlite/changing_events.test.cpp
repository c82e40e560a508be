// SPDX-License-Identifier: MIT
// The guide docs/guides/changing_events.md, tried on what an older program has stored. Each block
// of the guide is also here.
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/eventsourcing.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace es = eventsourcing;

namespace older {
namespace parcels {

enum class Size { small, big };
struct ParcelSent {
    std::string to;
    std::uint32_t weight;
    Size size;
};
struct ParcelMoved {
    std::string place;
};
struct ParcelWeighed {
    std::uint32_t grams;
    std::string scales;
};
struct ParcelHandedOver {
    std::string to;
    std::string signature;
};
struct ParcelInsured {
    double amount;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "parcels", .source = "events://example.org/parcels"};
}

} // namespace parcels
} // namespace older

namespace newer {
namespace parcels {

consteval es::EventFamily event_family(const auto&) {
    return {.name = "parcels", .source = "events://example.org/parcels"};
}

struct ParcelArrived { // was ParcelMoved
    static constexpr std::string_view event_type = "parcels.parcel_moved";
    std::string place;
};

enum class Size { small, big, large = big, tiny };

struct ParcelSent {
    std::string recipient;              // was `to`
    std::uint64_t weight = 0;           // was std::uint32_t
    Size size = Size::small;            //
    std::optional<std::string> service; // is new

    static void members(auto& self, auto&& member) {
        member("to", self.recipient);
        member("weight", self.weight);
        member("size", self.size);
        member("service", self.service);
    }
};

struct ParcelWeighed { // had `std::string scales`
    std::uint32_t grams = 0;
};

struct ParcelHandedOver { // is only read
    std::string to;
    std::string signature;
};
struct ParcelDelivered {
    std::string to;
};
struct DeliverySigned {
    std::string signature;
};

struct ParcelInsuredInEuros { // is only read: version 1.0
    static constexpr std::string_view event_type = "parcels.parcel_insured";
    double amount = 0;
};
struct ParcelInsured {
    static constexpr std::string_view event_type_version = "2.0";
    std::int64_t cents = 0;

    static ParcelInsured upcast(const ParcelInsuredInEuros& old) {
        return {std::llround(old.amount * 100)};
    }
};

struct Deliver {
    std::string signature;
};

struct Parcel {
    using Command = Deliver;
    using Event = std::variant<ParcelSent, ParcelArrived, ParcelWeighed, ParcelHandedOver,
                               ParcelDelivered, DeliverySigned, ParcelInsured>;
    struct State {
        std::string recipient, service, place, signature;
        std::uint64_t grams = 0;
        std::int64_t insured_cents = 0;
        bool is_large = false;
        bool is_delivered = false;
        es::Generation generation{};
    };

    static es::Events<Event> handle_command(const State& s, const Deliver& c) {
        return {ParcelDelivered{s.recipient}, DeliverySigned{c.signature}};
    }

    static void apply_event(State& s, const ParcelSent& e) {
        s.recipient = e.recipient;
        s.grams = e.weight;
        s.is_large = e.size == Size::large;
        s.service = e.service.value_or("standard"); // as all parcels were before this field
    }
    static void apply_event(State& s, const ParcelArrived& e) { s.place = e.place; }
    static void apply_event(State& s, const ParcelWeighed& e) { s.grams = e.grams; }

    static void apply_event(State& s, const ParcelDelivered&) { s.is_delivered = true; }
    static void apply_event(State& s, const DeliverySigned& e) { s.signature = e.signature; }
    static void apply_event(State& s, const ParcelHandedOver& e) { // the two at once
        apply_event(s, ParcelDelivered{e.to});
        apply_event(s, DeliverySigned{e.signature});
    }

    static void apply_event(State& s, const ParcelInsured& e) { s.insured_cents = e.cents; }
};

/// The release before: reads both versions, and writes the older one.
namespace older_writing {
struct ParcelInsuredInCents {
    static constexpr std::string_view event_type = "parcels.parcel_insured";
    static constexpr std::string_view event_type_version = "2.0";
    std::int64_t cents = 0;
};
struct ParcelInsured {
    double amount = 0;
    static ParcelInsured upcast(const ParcelInsuredInCents& newer) {
        return {static_cast<double>(newer.cents) / 100};
    }
};
using parcels::event_family;
} // namespace older_writing

namespace first_release {
using parcels::event_family;
struct ParcelMoved { // reads both names, and writes the older one
    static constexpr std::array event_type_aliases{std::string_view{"parcels.parcel_arrived"}};
    std::string place;
};
} // namespace first_release
namespace second_release {
using parcels::event_family;
struct ParcelArrived { // reads both names, and writes the newer one
    static constexpr std::array event_type_aliases{std::string_view{"parcels.parcel_moved"}};
    std::string place;
};
} // namespace second_release

} // namespace parcels
} // namespace newer

namespace {

es::SqliteStore store_of_the_older_program(const sqlite_tests::Folder& folder) {
    const std::string tests(__FILE__, std::string_view(__FILE__).rfind("engines/sqlite/"));
    const std::string path = folder / "parcels.db";
    std::filesystem::copy_file(tests + "data/sqlite/older_program.db", path);
    return sqlite_tests::open_store(path);
}

/// How a program that has the events `Old` reads an event that another one has written.
template <class Old, class New>
std::string read_by(const New& event) {
    std::string text;
    REQUIRE(es::EventCodec<New>::encode(event, text));
    using Traits = es::EventTraits<New>;
    const auto read =
        es::EventCodec<Old>::decode(Traits::event_type, Traits::event_type_version, text);
    return read ? "read" : read.error().message();
}

using newer::parcels::Parcel;
using newer::parcels::Size;
using OldEvent = std::variant<older::parcels::ParcelSent, older::parcels::ParcelMoved,
                              older::parcels::ParcelWeighed, older::parcels::ParcelHandedOver,
                              older::parcels::ParcelInsured>;

} // namespace

TEST_CASE("Changing events: what an older program has stored is loaded by the newer structs") {
    const sqlite_tests::Folder folder;
    const auto store = store_of_the_older_program(folder);
    const auto parcel = es::load<Parcel>(store, "parcel-1");
    REQUIRE(parcel);
    const auto& s = parcel->state;
    CHECK(s.recipient == "Ann");
    CHECK(s.service == "standard");
    CHECK(s.place == "Hamburg");
    CHECK(s.signature == "B.");
    CHECK(s.grams == 1250);
    CHECK(s.insured_cents == 4990);
    CHECK(s.is_large);
    CHECK(s.is_delivered);
    CHECK(s.generation == es::Generation{5});

    auto after = es::Dispatcher<Parcel, es::SqliteStore>(store).dispatch(
        *parcel, newer::parcels::Deliver{"C."}, "parcel-1");
    REQUIRE(after);
    CHECK(es::load<Parcel>(store, "parcel-1")->state.signature == "C.");
}

TEST_CASE(
    "Changing events: what older programs read of what newer ones write is as the guide says") {
    using namespace newer::parcels;
    CHECK(read_by<OldEvent>(ParcelArrived{"Kiel"}) == "read");
    CHECK(read_by<OldEvent>(ParcelSent{"Ann", 7, Size::large, "express"}) == "read");
    CHECK(read_by<OldEvent>(ParcelSent{"Ann", std::uint64_t{1} << 32, Size::large, {}}) ==
          "parcels.parcel_sent: $.weight: expected an unsigned 32-bit integer, got 4294967296");
    CHECK(read_by<OldEvent>(ParcelSent{"Ann", 7, Size::tiny, {}}) ==
          "parcels.parcel_sent: $.size: expected one of \"small\" or \"big\", got \"tiny\"");
    CHECK(read_by<OldEvent>(ParcelWeighed{7}) ==
          "parcels.parcel_weighed: $.scales: missing; expected a string");
    CHECK(read_by<OldEvent>(ParcelDelivered{"Ann"}).find("parcels.parcel_delivered") !=
          std::string::npos);
    CHECK(read_by<OldEvent>(ParcelInsured{7}).find("version \"2.0\"") != std::string::npos);
    CHECK(read_by<Parcel::Event>(older::parcels::ParcelInsured{0.07}) == "read");
    CHECK(read_by<older_writing::ParcelInsured>(ParcelInsured{7}) == "read");
    CHECK(read_by<older_writing::ParcelInsured>(older::parcels::ParcelInsured{0.07}) == "read");
    CHECK(read_by<OldEvent>(first_release::ParcelMoved{"Kiel"}) == "read");
    CHECK(read_by<OldEvent>(second_release::ParcelArrived{"Kiel"}) != "read");
    CHECK(read_by<first_release::ParcelMoved>(second_release::ParcelArrived{"Kiel"}) == "read");
    CHECK(read_by<second_release::ParcelArrived>(first_release::ParcelMoved{"Kiel"}) == "read");
    CHECK(read_by<second_release::ParcelArrived>(older::parcels::ParcelMoved{"Kiel"}) == "read");
}

// What the guide recommends as a test: no test of decisions notices a renamed event or field.
TEST_CASE("Changing events: an event is stored under this name, as this JSON") {
    using namespace newer::parcels;
    static_assert(es::EventTraits<ParcelSent>::event_type == "parcels.parcel_sent");
    static_assert(es::EventTraits<ParcelSent>::event_type_version == "1.0");
    CHECK(es::encode_json(ParcelSent{"Ann", 1200, Size::big, "express"}).value() ==
          R"({"to":"Ann","weight":1200,"size":"big","service":"express"})");
}
