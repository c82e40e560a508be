// SPDX-License-Identifier: MIT
// The to_json and from_json of a base class, by which the members of the derived class would be
// lost.
// expect 1: es: the to_json that was found for this type is that of a base class
// expect 2: es: the from_json that was found for this type is that of a base class
// expect 3: es: the to_json that was found for this type is that of a base class
// expect: so that members would be lost; write a to_json and a from_json for this type
// expect: shop::Dog
#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace es = eventsourcing;

namespace shop {
class Animal {
public:
    Animal() {}
    std::string name;
};
#if defined(MUST_FAIL) && MUST_FAIL == 3
template <class Json>
void to_json(Json& j, const Animal& animal) {
#else
void to_json(nlohmann::json& j, const Animal& animal) {
#endif
    j = {{"name", animal.name}};
}
void from_json(const nlohmann::json& j, Animal& animal) {
    j.at("name").get_to(animal.name);
}
class Dog : public Animal {
public:
    Dog() {}
    int tricks = 0;
};
#if !defined(MUST_FAIL) || MUST_FAIL == 2
void to_json(nlohmann::json& j, const Dog& dog) {
    j = {{"name", dog.name}, {"tricks", dog.tricks}};
}
#endif
#ifndef MUST_FAIL
void from_json(const nlohmann::json& j, Dog& dog) {
    j.at("name").get_to(dog.name);
    j.at("tricks").get_to(dog.tricks);
}
#endif
} // namespace shop

#if !defined(MUST_FAIL) || MUST_FAIL != 2
auto text = es::encode_json(shop::Dog{});
#endif
#if !defined(MUST_FAIL) || MUST_FAIL == 2
auto dog = es::decode_json<shop::Dog>("{}");
#endif
