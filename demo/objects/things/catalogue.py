"""Every kind of thing that can be drawn."""

from demo.objects.things.buildings import house, lighthouse
from demo.objects.things.harvest import apple, mushroom, pear, pumpkin, shell
from demo.objects.things.home import bell, books, chair, gift, lamp
from demo.objects.things.kind import ANY_HUE, Kind
from demo.objects.things.plants import cactus, potted, tree
from demo.objects.things.pouring import can, mug, teapot
from demo.objects.things.toys import chess, top
from demo.objects.things.travel import balloon, boat, car
from demo.objects.things.vessels import bottle, bowl, vase

WARM, RED = (20.0, 110.0), (15.0, 35.0)

KINDS = (
    Kind(name="vase", build=vase, yaw=(-0.6, 0.6), share=1.6),
    Kind(name="bottle", build=bottle, pitch=(0.08, 0.3)),
    Kind(name="mug", build=mug, yaw=(-0.9, 0.4), pitch=(0.25, 0.55)),
    Kind(name="teapot", build=teapot, yaw=(-0.6, 0.6), share=1.3),
    Kind(name="bowl", build=bowl, pitch=(0.3, 0.55)),
    Kind(name="watering can", build=can, yaw=(-0.6, 0.6)),
    Kind(name="apple", build=apple, hues=((20, 40), (95, 125))),
    Kind(name="pear", build=pear, hues=((80, 125),)),
    Kind(name="pumpkin", build=pumpkin, hues=((45, 75), (45, 75), (75, 150))),
    Kind(name="mushroom", build=mushroom, hues=(RED, RED, (30, 80)), outdoors=0.3),
    Kind(name="shell", build=shell, yaw=(-0.7, 0.7), hues=((20, 80), *ANY_HUE)),
    Kind(name="cactus", build=cactus, yaw=(-0.7, 0.7)),
    Kind(name="potted plant", build=potted),
    Kind(name="tree", build=tree, hues=((30, 150),), outdoors=0.75),
    Kind(name="lamp", build=lamp, pitch=(0.05, 0.25)),
    Kind(name="chair", build=chair, yaw=(-0.9, 0.9)),
    Kind(name="books", build=books, yaw=(-0.5, 0.5)),
    Kind(name="gift", build=gift, yaw=(0.3, 1.2), pitch=(0.3, 0.55)),
    Kind(name="bell", build=bell, hues=(WARM, *ANY_HUE)),
    Kind(name="car", build=car, yaw=(-0.8, 0.8), pitch=(0.15, 0.4), share=1.3),
    Kind(name="boat", build=boat, yaw=(-0.7, 0.7), pitch=(0.08, 0.22), outdoors=1.0, water=True, sunk=0.22, share=1.2),
    Kind(name="balloon", build=balloon, pitch=(-0.1, 0.1), outdoors=1.0, floats=True, share=1.2),
    Kind(name="house", build=house, yaw=(-0.9, 0.9), outdoors=0.7),
    Kind(name="lighthouse", build=lighthouse, yaw=(-0.7, 0.7), pitch=(0.05, 0.2), outdoors=1.0, water=True, sunk=0.26),
    Kind(name="chess piece", build=chess),
    Kind(name="spinning top", build=top),
)
