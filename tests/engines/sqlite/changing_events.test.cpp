// SPDX-License-Identifier: MIT
// The guide docs/guides/changing_events.md, tried on what an older program has stored. Each block
// of the guide is also here.
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/eventsourcing.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"
#include "fails_with.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// Why a program that has the events `Old` can't read an event that another one has written.
template <class Old, class New>
std::optional<es::Error> refusal_of(const New& event) {
    std::string text;
    REQUIRE(es::EventCodec<New>::encode(event, text));
    using Traits = es::EventTraits<New>;
    auto read = es::EventCodec<Old>::decode(Traits::event_type, Traits::event_type_version, text);
    return read ? std::optional<es::Error>() : std::move(read).error();
}

template <class Old, class New>
bool reads(const New& event) {
    return !refusal_of<Old>(event);
}

template <class Old, class New>
void refused(const New& event, es::errc kind, std::string_view text) {
    const auto error = refusal_of<Old>(event);
    REQUIRE(error);
    CHECK(*error == kind);
    CHECK(error->message().find(text) != std::string::npos);
}

struct Move {
    std::string place;
};

/// The aggregate in the release that writes `Moved`.
template <class Moved>
struct Release {
    static constexpr std::string_view category = "parcel";
    using Command = Move;
    using Event = std::variant<newer::parcels::ParcelSent, Moved, newer::parcels::ParcelWeighed,
                               newer::parcels::ParcelHandedOver, newer::parcels::ParcelInsured>;
    struct State {
        std::string place;
        es::Generation generation{};
    };

    static es::Events<Event> handle_command(const State&, const Move& c) {
        return {Moved{c.place}};
    }
    static void apply_event(State& s, const Moved& e) { s.place = e.place; }
    static void apply_event(State&, const auto&) {}
};

template <class Moved>
std::string place_by(const es::SqliteStore& store) {
    const auto parcel = es::load<Release<Moved>>(store, "parcel-1");
    return parcel ? parcel->state.place : parcel.error().message();
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
    CHECK(reads<OldEvent>(ParcelArrived{"Kiel"}));
    CHECK(reads<OldEvent>(ParcelSent{"Ann", 7, Size::large, "express"}));
    refused<OldEvent>(
        ParcelSent{"Ann", std::uint64_t{1} << 32, Size::large, {}}, es::errc::malformed,
        "parcels.parcel_sent: $.weight: expected an unsigned 32-bit integer, got 4294967296");
    refused<OldEvent>(ParcelSent{"Ann", 7, Size::tiny, {}}, es::errc::malformed,
                      "parcels.parcel_sent: $.size: expected one of \"small\" or \"big\", got "
                      "\"tiny\"");
    refused<OldEvent>(ParcelWeighed{7}, es::errc::malformed,
                      "parcels.parcel_weighed: $.scales: missing; expected a string");
    refused<OldEvent>(ParcelDelivered{"Ann"}, es::errc::unknown_type, "parcels.parcel_delivered");
    refused<OldEvent>(ParcelInsured{7}, es::errc::unknown_version, "version \"2.0\"");
    CHECK(reads<Parcel::Event>(older::parcels::ParcelInsured{0.07}));
    CHECK(reads<older_writing::ParcelInsured>(ParcelInsured{7}));
    CHECK(reads<older_writing::ParcelInsured>(older::parcels::ParcelInsured{0.07}));
    CHECK(reads<OldEvent>(first_release::ParcelMoved{"Kiel"}));
    refused<OldEvent>(second_release::ParcelArrived{"Kiel"}, es::errc::unknown_type,
                      "parcels.parcel_arrived");
    CHECK(reads<first_release::ParcelMoved>(second_release::ParcelArrived{"Kiel"}));
    CHECK(reads<second_release::ParcelArrived>(first_release::ParcelMoved{"Kiel"}));
    CHECK(reads<second_release::ParcelArrived>(older::parcels::ParcelMoved{"Kiel"}));
}

TEST_CASE("Changing events: each release of a renamed type loads the older program's file") {
    using namespace newer::parcels;
    const sqlite_tests::Folder folder;
    auto store = store_of_the_older_program(folder);
    CHECK(place_by<first_release::ParcelMoved>(store) == "Hamburg");
    CHECK(place_by<second_release::ParcelArrived>(store) == "Hamburg");

    // while both run, each writes its own name, and reads the other one's
    REQUIRE(es::execute<Release<first_release::ParcelMoved>>(store, "parcel-1", Move{"Kiel"}));
    CHECK(place_by<second_release::ParcelArrived>(store) == "Kiel");
    REQUIRE(es::execute<Release<second_release::ParcelArrived>>(store, "parcel-1", Move{"Bonn"}));
    CHECK(place_by<first_release::ParcelMoved>(store) == "Bonn");
    CHECK(place_by<second_release::ParcelArrived>(store) == "Bonn");
    CHECK(fails_with(es::errc::unknown_type, es::load<Release<ParcelArrived>>(store, "parcel-1")));
}

// What the guide recommends as a test: no test of decisions notices a renamed event or field.
TEST_CASE("Changing events: an event is stored under this name, as this JSON") {
    using namespace newer::parcels;
    static_assert(es::EventTraits<ParcelSent>::event_type == "parcels.parcel_sent");
    static_assert(es::EventTraits<ParcelSent>::event_type_version == "1.0");
    CHECK(es::encode_json(ParcelSent{"Ann", 1200, Size::big, "express"}).value() ==
          R"({"to":"Ann","weight":1200,"size":"big","service":"express"})");
}
