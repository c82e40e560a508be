// SPDX-License-Identifier: MIT
// An event of an older version, which one upcast makes into that of today, against an event of
// today's version with as much data. "By hand" is the library as well: it decodes today's struct.
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/runtime/event_folder.hpp>

#include "compare.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace es = eventsourcing;

namespace {

consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat"};
}

/// How an event takes what it was before.
template <class Old>
struct Attacked {
    static constexpr std::string_view event_type = "combat.attacked";
    static constexpr std::string_view event_type_version = "2.0";
    std::string entity_id;
    std::uint32_t damage = 0;
    std::string weapon;
    bool critical = false;

    static Attacked upcast(Old old) {
        if constexpr (std::is_reference_v<Old>)
            return {old.entity_id, old.points, old.weapon, old.critical};
        else
            return {std::move(old.entity_id), old.points, std::move(old.weapon), old.critical};
    }
};
struct AttackedV1 {
    static constexpr std::string_view event_type = "combat.attacked";
    std::string entity_id;
    std::uint32_t points = 0;
    std::string weapon;
    bool critical = false;
};
struct Died {
    std::string entity_id;
};
struct State {
    std::uint64_t damage = 0;
    es::Generation generation{};
};
template <class Old>
struct Combat {
    using Command = Died;
    using Event = std::variant<Attacked<Old>, Died>;
    using State = ::State;
    static void apply_event(State& s, const Attacked<Old>& e) { s.damage += e.damage; }
    static void apply_event(State& s, const Died&) { s.damage = 0; }
    static Died handle_command(const State&, const Died& c) { return c; }
};

constexpr std::string_view today_text =
    R"({"entity_id":"ogre-4711-in-the-cave","damage":150,"weapon":"two-handed-axe","critical":true})";
constexpr std::string_view old_text =
    R"({"entity_id":"ogre-4711-in-the-cave","points":150,"weapon":"two-handed-axe","critical":true})";

template <class Old>
unsigned long decode(std::string_view version, std::string_view text, unsigned long operations) {
    using Event = typename Combat<Old>::Event;
    unsigned long sum = 0;
    for (unsigned long i = 0; i < operations; ++i) {
        const auto event = es::EventCodec<Event>::decode("combat.attacked", version, text);
        if (!event)
            std::abort();
        sum += std::get<0>(*event).damage;
    }
    return sum;
}
template <class Old>
unsigned long fold(std::string_view version, std::string_view text, unsigned long operations) {
    const es::EventRecord record{.stream = "combat-ogre",
                                 .type = "combat.attacked",
                                 .version = version,
                                 .content_type = "application/json",
                                 .data = text};
    State state;
    es::detail::EventFolder<Combat<Old>> folder(state);
    for (unsigned long i = 0; i < operations; ++i)
        if (!folder.fold(record))
            std::abort();
    return state.damage;
}

template <unsigned long work(std::string_view, std::string_view, unsigned long)>
compare::Work old_version(unsigned long operations) {
    return [=] { return work("1.0", old_text, operations); };
}
template <unsigned long work(std::string_view, std::string_view, unsigned long)>
compare::Work of_today(unsigned long operations) {
    return [=] { return work("2.0", today_text, operations); };
}

} // namespace

int main(int argc, char** argv) {
    using Moved = AttackedV1;
    using Copied = const AttackedV1&;
    return compare::main(argc, argv,
                         {
                             {"upcast, decode, by value", old_version<decode<Moved>>,
                              of_today<decode<Moved>>, 20'000, 1.5, 1.5},
                             {"upcast, decode, by reference", old_version<decode<Copied>>,
                              of_today<decode<Copied>>, 20'000, 1.5, 1.5},
                             {"upcast, load, by value", old_version<fold<Moved>>,
                              of_today<fold<Moved>>, 20'000, 1.5, 1.5},
                             {"upcast, load, by reference", old_version<fold<Copied>>,
                              of_today<fold<Copied>>, 20'000, 1.5, 1.5},
                         });
}
