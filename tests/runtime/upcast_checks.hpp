// SPDX-License-Identifier: MIT
// A domain whose events have changed twice, and what every store must make of them.
#ifndef EVENTSOURCING_TESTS_RUNTIME_UPCAST_CHECKS_HPP
#define EVENTSOURCING_TESTS_RUNTIME_UPCAST_CHECKS_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/recorded.hpp>

#include "catch.hpp"
#include "throw_or_skip.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace upcast_checks {

namespace es = eventsourcing;

namespace combat {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat"};
}

namespace v1 { // as it was stored first: damage was text
using combat::event_family;
struct EntityAttacked {
    std::string entity_id;
    std::string damage;
};
} // namespace v1
namespace v2 {
using combat::event_family;
struct EntityAttacked {
    static constexpr std::string_view event_type_version = "2.0";
    std::string entity_id;
    std::uint32_t damage;

    static es::Result<EntityAttacked> upcast(const v1::EntityAttacked& old) {
        if (old.damage.empty())
            return es::Error(es::errc::invalid, "no damage");
        if (old.damage == "many")
            throw_or_skip(std::runtime_error("how many?"));
        return EntityAttacked{old.entity_id, static_cast<std::uint32_t>(std::stoul(old.damage))};
    }
};
} // namespace v2

struct EntityAttacked {
    static constexpr std::string_view event_type_version = "3.0";
    std::string entity_id;
    std::uint32_t damage;
    std::string weapon;

    static EntityAttacked upcast(v2::EntityAttacked old) {
        return {std::move(old.entity_id), old.damage, "fists"};
    }
};
struct EntityDied {
    std::string entity_id;
};
struct Attack {
    std::string entity_id;
};
struct State {
    std::string told;
    es::Generation generation{};
};

using Event = std::variant<EntityDied, EntityAttacked>;
struct Combat {
    using Command = Attack;
    using Event = combat::Event;
    using State = combat::State;
    static void apply_event(State& s, const EntityAttacked& e) {
        s.told += e.entity_id + " " + std::to_string(e.damage) + " " + e.weapon + ";";
    }
    static void apply_event(State& s, const EntityDied& e) { s.told += e.entity_id + " died;"; }
    static EntityAttacked handle_command(const State&, const Attack& c) {
        return {c.entity_id, 1, "axe"};
    }
};
/// The same with one function for the whole variant.
struct WholeCombat {
    using Command = Attack;
    using Event = combat::Event;
    using State = combat::State;
    static void apply_event(State& s, const Event& e) {
        std::visit([&](const auto& event) { Combat::apply_event(s, event); }, e);
    }
    static EntityAttacked handle_command(const State& s, const Attack& c) {
        return Combat::handle_command(s, c);
    }
};
/// The same with one event instead of a variant.
struct OneEvent {
    using Command = Attack;
    using Event = EntityAttacked;
    using State = combat::State;
    static void apply_event(State& s, const EntityAttacked& e) { Combat::apply_event(s, e); }
    static EntityAttacked handle_command(const State& s, const Attack& c) {
        return Combat::handle_command(s, c);
    }
};
struct Lenient : Combat {
    static constexpr auto unknown_events = es::ignore;
};
/// What an even newer program writes.
struct EntityFled {
    std::string entity_id;
};
struct NewerAttack {
    static constexpr std::string_view event_type = "combat.entity_attacked";
    static constexpr std::string_view event_type_version = "4.0";
    std::string whom;
};
} // namespace combat

constexpr std::string_view attacked = "combat.entity_attacked";

template <class Event, class Store>
void store_event(Store& store, const Event& event, es::StreamNameView stream = "combat-ogre",
                 const es::Metadata& metadata = {}) {
    const std::array<es::Uuid, 1> ids{es::Environment{}.new_id()};
    const es::Batch<Event> batch({&event, 1}, ids, es::Environment{}.now(), &metadata, {});
    const auto records = batch.encoded();
    REQUIRE(records);
    REQUIRE(store.append_unchecked(stream, es::EventBatch(*records)));
}

template <class Store>
void reads_all_versions(Store store) {
    store_event(store, combat::v1::EntityAttacked{"ogre", "7"});
    store_event(store, combat::v2::EntityAttacked{"ogre", 8});
    store_event(store, combat::EntityAttacked{"ogre", 9, "axe"});
    store_event(store, combat::v1::EntityAttacked{"ogre", "10"});
    const es::StreamName stream("combat-ogre");
    constexpr std::string_view told = "ogre 7 fists;ogre 8 fists;ogre 9 axe;ogre 10 fists;";

    const auto loaded = es::load<combat::Combat>(store, stream);
    REQUIRE(loaded);
    CHECK(loaded->state.told == told);
    CHECK(loaded->state.generation == es::Generation{4});
    CHECK(es::load<combat::WholeCombat>(store, stream)->state.told == told);
    CHECK(es::load<combat::OneEvent>(store, stream)->state.told == told);

    const auto page = store.read_stream(stream);
    REQUIRE(page);
    const auto records = page->records();
    REQUIRE(records.size() == 4);
    // a reader of records sees what is stored (V5)
    CHECK(records[0].version == "1.0");
    std::string data(records[0].data);
    std::erase_if(data, [](char c) { return c == ' ' || c == '\n'; }); // EventStoreDB adds some
    CHECK(data == R"({"entity_id":"ogre","damage":"7"})");
    const auto decoded = es::decode_record<combat::Event>(records[0]);
    REQUIRE(decoded);
    CHECK(std::get<combat::EntityAttacked>(decoded->event).damage == 7);
    CHECK(decoded->id == records[0].id);
}

/// V3
template <class Store>
void tells_of_failed_upcasts(Store store) {
    store_event(store, combat::EntityDied{"orc"});
    store_event(store, combat::v1::EntityAttacked{"ogre", ""});
    const auto loaded = es::load<combat::Combat>(store, es::StreamName("combat-ogre"));
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error() == es::errc::cannot_apply);
    CHECK(loaded.error().message() == "stream combat-ogre, revision 1: combat.entity_attacked in "
                                      "version \"1.0\": upcast: no damage");
    const auto page = store.read_stream(es::StreamName("combat-ogre"));
    REQUIRE(page);
    const auto record = es::decode_record<combat::Event>(page->records()[1]);
    REQUIRE_FALSE(record);
    CHECK(record.error() == es::errc::cannot_apply);
    CHECK(record.error().message() == loaded.error().message());
}

/// V3
template <class Store>
void tells_of_throwing_upcasts(Store store) {
    store_event(store, combat::v1::EntityAttacked{"ogre", "many"});
    const auto loaded = es::load<combat::Combat>(store, es::StreamName("combat-ogre"));
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error() == es::errc::threw);
    CHECK(loaded.error().message() == "stream combat-ogre, revision 0: combat.entity_attacked in "
                                      "version \"1.0\": upcast threw: how many?");
    const auto page = store.read_stream(es::StreamName("combat-ogre"));
    REQUIRE(page);
    const auto record = es::decode_record<combat::Event>(page->records()[0]);
    REQUIRE_FALSE(record);
    CHECK(record.error() == es::errc::threw);
    CHECK(record.error().message() == loaded.error().message());
}

/// V7
template <class Store>
void stops_at_unknown_versions(Store store) {
    store_event(store, combat::NewerAttack{"ogre"});
    const es::StreamName stream("combat-ogre");
    const auto loaded = es::load<combat::Combat>(store, stream);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error() == es::errc::unknown_version);
    CHECK_THAT(loaded.error().message(), Catch::Contains("known here: 3.0, 2.0, 1.0"));
    // even where unknown types are ignored: it is the other program's (V8)
    const auto lenient = es::load<combat::Lenient>(store, stream);
    REQUIRE_FALSE(lenient);
    CHECK(lenient.error() == es::errc::unknown_version);
}

template <class Store>
void ignores_unknown_types(Store store) {
    const es::StreamName stream("combat-ogre");
    store_event(store, combat::EntityAttacked{"ogre", 9, "axe"});
    store_event(store, combat::EntityFled{"ogre"});
    store_event(store, combat::EntityDied{"ogre"});
    store_event(store, combat::EntityFled{"ogre"});

    const auto refused = es::load<combat::Combat>(store, stream);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unknown_type);
    CHECK_THAT(refused.error().message(), Catch::StartsWith("stream combat-ogre, revision 1: "));

    auto loaded = es::load<combat::Lenient>(store, stream);
    REQUIRE(loaded);
    CHECK(loaded->state.told == "ogre 9 axe;ogre died;");
    CHECK(loaded->state.generation == es::Generation{2}); // two were applied
    CHECK(loaded->revision == es::Revision{3});           // four were read
    const auto at = es::load<combat::Lenient>(store, stream, {.at = es::Revision{1}});
    REQUIRE(at);
    CHECK(at->revision == es::Revision{1});

    es::Dispatcher<combat::Lenient, Store> fight{store};
    CHECK(fight.dispatch(*std::move(loaded), combat::Attack{"ogre"}, stream));
}

// ---- an upcast that asks for the record ---------------------------------------------------------

namespace dated {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "dated", .source = "events://example.org/dated"};
}
struct PaidV0 {
    static constexpr std::string_view event_type = "dated.paid";
    static constexpr std::string_view event_type_version = "0.9";
    int amount;
};
struct PaidV1 {
    static constexpr std::string_view event_type = "dated.paid";
    int amount;
    static PaidV1 upcast(PaidV0 old) { return {old.amount}; }
};
struct Paid {
    static constexpr std::string_view event_type_version = "2.0";
    int amount;
    std::string on;
    std::string by;

    static Paid upcast(const PaidV1& old, const es::EventRecord& record) {
        return {old.amount, record.recorded_at.to_string(), std::string(record.metadata)};
    }
};
struct Pay {};
struct Account {
    using Command = Pay;
    using Event = Paid;
    struct State {
        std::string on, by;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Paid& e) {
        s.on = e.on;
        s.by = e.by;
    }
    static es::Nothing handle_command(const State&, const Pay&) { return es::nothing; }
};
} // namespace dated

template <class Store>
void sees_the_record(Store store) {
    const es::StreamName stream("account-1");
    store_event(store, dated::PaidV1{5}, stream, {.values = {{"by", "Ann"}}});
    const auto page = store.read_stream(stream);
    REQUIRE(page);
    const auto record = es::decode_record<dated::Paid>(page->records()[0]);
    REQUIRE(record);
    CHECK(record->event.on == page->records()[0].recorded_at.to_string());
    const auto loaded = es::load<dated::Account>(store, stream);
    REQUIRE(loaded);
    CHECK(loaded->state.on == record->event.on);
    CHECK(loaded->state.by == record->event.by);
    CHECK_THAT(loaded->state.by, Catch::Contains("Ann"));

    store_event(store, dated::PaidV0{6}, stream,
                {.values = {{"by", "Bob"}}}); // through two upcasts
    const auto again = es::load<dated::Account>(store, stream);
    REQUIRE(again);
    CHECK_THAT(again->state.by, Catch::Contains("Bob"));
}

} // namespace upcast_checks

#endif
