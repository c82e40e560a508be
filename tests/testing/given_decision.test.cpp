// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/given_decision.hpp>

#include "catch.hpp"

#include "../examples/courses/courses.hpp"

#include <eventsourcing/testing/catch2.hpp>
#include <eventsourcing/testing/given.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace courses;

namespace {

/// As a course was once told.
struct HourlyV1 {
    static constexpr std::string_view event_type = "hourly", event_type_version = "1";
    static constexpr std::string_view event_source = "events://example.org";
    std::string room;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"room:" + room}; }
};
struct Hourly {
    static constexpr std::string_view event_type = "hourly", event_type_version = "2";
    static constexpr std::string_view event_source = "events://example.org";
    std::string room;
    std::string recorded;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"room:" + room}; }
    static Hourly upcast(const HourlyV1& old, const es::EventRecord& record) {
        return {old.room, record.recorded_at.to_string()};
    }
};
struct Room {
    std::string room;
    std::string last{};
    using Event = Hourly;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"room:" + room}; }
    static void apply_event(Room& r, const es::Recorded<Hourly>& e) {
        r.last = e.event.recorded + " " + e.recorded_at.to_string() + " " + e.stream.str() + " " +
                 e.metadata.correlation_id;
    }
};
struct Ask {
    std::string room;
};
struct Asking {
    using Event = Hourly;
    static std::tuple<Room> boundary(const Ask& c) { return {Room{c.room}}; }
    static Hourly handle_command(const Room& room, const Ask& c) {
        return {c.room == "forgotten" ? "elsewhere" : c.room, room.last};
    }
};

/// An aggregate with an event that was upcast.
struct Clock {
    using Command = Ask;
    using Event = Hourly;
    struct State {
        std::string last;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Hourly& e) { s.last = e.recorded; }
    static Hourly handle_command(const State& s, const Ask& c) { return {c.room, s.last}; }
};

/// As a device reports it, an enumerator outside of those that are written.
enum class Register : std::uint16_t { coils = 1, last = 40001 };
struct Measured {
    static constexpr std::string_view event_type = "measured", event_type_version = "1";
    static constexpr std::string_view event_source = "events://example.org";
    Register at = Register::coils;
    double value = 0;
    std::string device{};
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"device:" + device}; }
};
struct Device {
    std::string device;
    using Event = Measured;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"device:" + device}; }
    static void apply_event(Device&, const Measured&) {}
};
struct Measure {
    Register at = Register::coils;
    double value = 0;
};
struct Measuring {
    using Event = Measured;
    static std::tuple<Device> boundary(const Measure&) { return {Device{}}; }
    static Measured handle_command(const Device&, const Measure& c) { return {c.at, c.value}; }
};

const es::Timestamp noon = *es::Timestamp::parse("2026-11-28T12:00:00Z");

} // namespace

TEST_CASE("A decision is tried on given events, which its views find by their tags") {
    CHECK(es::given<Enrolment>(CourseDefined{"c++", 1}, StudentSubscribed{"bob", "c++"})
              .when(Subscribe{"ann", "c++"})
              .then(es::rejected(Refusal::course_is_full)));
    CHECK(es::given<Enrolment>(CourseDefined{"c++", 1}, StudentSubscribed{"bob", "go"})
              .when(Subscribe{"ann", "c++"})
              .then(StudentSubscribed{"ann", "c++"}));
    CHECK(es::given<Enrolment>()
              .when(Subscribe{"ann", "c++"})
              .then(es::rejected(Refusal::no_such_course)));
    CHECK(es::given<Enrolment>(CourseDefined{"c++", 9}, StudentSubscribed{"ann", "1"},
                               StudentSubscribed{"ann", "2"}, StudentSubscribed{"bob", "3"},
                               StudentSubscribed{"ann", "3"}, StudentSubscribed{"ann", "4"},
                               StudentSubscribed{"ann", "5"})
              .when(Subscribe{"ann", "c++"})
              .then(es::rejected(Refusal::too_many_courses)));
    const Enrolment::Event defined = CourseDefined{"c++", 1}; // as the decision emits it
    CHECK(es::given<Enrolment>(defined, es::at(noon, defined))
              .when(Subscribe{"ann", "c++"})
              .then(StudentSubscribed{"ann", "c++"}));
    CHECK(es::given<Enrolment>().when(Define{"c++", 1}).then(CourseDefined{"c++", 1}));
    CHECK(!es::given<Enrolment>().when(Define{"c++", 1}).then(es::nothing));
    CHECK(!es::given<Enrolment>().when(Define{"c++", 1}).then(es::rejected()));
}

TEST_CASE("A verdict on a decision says what differs, field by field") {
    const auto verdict =
        es::given<Enrolment>().when(Define{"c++", 1}).then(CourseDefined{"c++", 2});
    REQUIRE(!verdict);
    CHECK(verdict.describe() == "the decision is not as expected\n"
                                "  event 0: courses.course_defined\n"
                                "    capacity: expected 2, got 1\n");
    const auto forgotten = es::given<Asking>().when(Ask{"forgotten"}).then(Hourly{});
    REQUIRE(!forgotten);
    CHECK(forgotten.describe().find("the view Room of this decision folds it") !=
          std::string::npos);
    const auto nameless = es::given<Enrolment>(es::on("no name", CourseDefined{"c++", 1}))
                              .when(Define{"go", 1})
                              .then(CourseDefined{"go", 1});
    REQUIRE(!nameless);
    CHECK(nameless.describe().find("stream name \"no name\": expected category-id") !=
          std::string::npos);
}

TEST_CASE("A given event has the time, stream and metadata that the test says") {
    CHECK(es::given<Asking>(es::at(noon, es::on("rooms-7", es::with({.correlation_id = "request"},
                                                                    Hourly{"7", "now"}))))
              .when(Ask{"7"})
              .then(Hourly{"7", "now 2026-11-28T12:00:00Z rooms-7 request"}));
    CHECK(
        es::given<Asking>(es::at(noon, Hourly{"8", "other"})).when(Ask{"7"}).then(Hourly{"7", ""}));
}

TEST_CASE("A given event of an older version is upcast, with the time that the test says") {
    CHECK(es::given<Asking>(es::at(noon, HourlyV1{"7"}))
              .when(Ask{"7"})
              .then(Hourly{"7", "2026-11-28T12:00:00Z 2026-11-28T12:00:00Z given-1 "}));
    CHECK(es::given<Clock>(es::at(noon, HourlyV1{"7"}))
              .when(Ask{"7"})
              .then(Hourly{"7", "2026-11-28T12:00:00Z"}));
    CHECK(es::given<Clock>(HourlyV1{"7"}, es::at(noon, Hourly{"7", "today"}))
              .when(Ask{"7"})
              .then(Hourly{"7", "today"}));
}

TEST_CASE("A given event without a time has that of the beginning of 1970") {
    CHECK(es::given<Asking>(Hourly{"7", "now"})
              .when(Ask{"7"})
              .then(Hourly{"7", "now 1970-01-01T00:00:00Z given-1 "}));
}

TEST_CASE("A decision whose events can't be stored is not as expected") {
    CHECK(es::given<Measuring>().when(Measure{.value = 1}).then(Measured{.value = 1}));

    const auto register_ = es::given<Measuring>(Measured{})
                               .when(Measure{Register::last, 1})
                               .then(Measured{Register::last, 1});
    CHECK(!register_);
    INFO(register_.describe());
    CHECK(register_.describe().find("as expected, but the events don't survive being stored\n"
                                    "  can't be stored: measured: $.at: ") == 0);
    CHECK(register_.describe().find("40001") != std::string::npos);

    const auto no_number = es::given<Measuring>()
                               .when(Measure{.value = std::numeric_limits<double>::quiet_NaN()})
                               .then(es::nothing);
    CHECK(!no_number);
    INFO(no_number.describe());
    CHECK(no_number.describe().find("and the events don't survive being stored\n"
                                    "  can't be stored: measured: $.value: ") != std::string::npos);

    const auto given =
        es::given<Measuring>(Measured{Register::last, 1}).when(Measure{}).then(Measured{});
    CHECK(!given);
    CHECK(given.describe().find("measured: $.at: ") != std::string::npos);
}
